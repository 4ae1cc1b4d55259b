// Incidents and signals per hour: stacked bars, the normal as a line, and the same as a table.

import { byId, h, keyed, s, setText } from "./dom.js";
import { count, localHour, mean, time, weekday } from "./format.js";

const HEIGHT = 220;
const EDGE = { left: 34, right: 8, top: 12, bottom: 36 };

export class HourChart {
  #rows = [];

  constructor() {
    new ResizeObserver(() => this.#draw()).observe(byId("chart"));
  }

  render(rows) {
    this.#rows = rows;
    this.#draw();
    const newestFirst = [...rows].reverse();
    keyed(byId("hours-rows"), newestFirst, (row) => row.hour,
      (row) => h("tr", {}, h("th", { scope: "row" }, `${weekday(row.hour)} ${time(row.hour)}`),
        ...[1, 2, 3, 4].map(() => h("td", { class: "num" }))),
      (line, row) => [count(row.incidents), count(row.signals), count(row.inspections), mean(row.normal)]
        .forEach((text, index) => setText(line.cells[index + 1], text)));
  }

  #draw() {
    const width = byId("chart").clientWidth;
    if (!width || !this.#rows.length) return;
    // A narrow screen has room for a day, a wide one for two.
    const rows = width < 520 ? this.#rows.slice(-24) : this.#rows;
    const top = niceTop(1.04 * Math.max(3, ...rows.map((row) => Math.max(row.incidents + row.signals, row.normal ?? 0))));
    const across = (width - EDGE.left - EDGE.right) / rows.length;
    const x = (index) => EDGE.left + index * across;
    const y = (value) => EDGE.top + (1 - value / top) * (HEIGHT - EDGE.top - EDGE.bottom);
    const total = rows.reduce((sum, row) => sum + row.incidents + row.signals, 0);
    const picture = s("svg", {
      width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img",
      "aria-label": `${rows.length} uur, samen ${count(total)} incidenten en signalen; de cijfers staan in de tabel eronder`,
    });
    picture.append(...grid(top, y, width), ...labels(rows, x, across));
    rows.forEach((row, index) => picture.append(...bars(row, x(index), across, y, index === rows.length - 1)));
    picture.append(s("path", { class: "normal-line", d: steps(rows, x, y, across) }));
    byId("chart").replaceChildren(picture);
  }
}

function niceTop(value) {
  const step = [4, 6, 8, 10, 12, 16, 20, 24, 30, 36, 40, 50, 60, 80, 100].find((each) => each >= value);
  return step ?? Math.ceil(value / 50) * 50;
}

function grid(top, y, width) {
  const lines = [];
  for (let part = 0; part <= 2; part += 1) {
    const value = (top / 2) * part;
    lines.push(
      s("line", { class: part ? "grid" : "axis", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
      s("text", { class: "tick", x: EDGE.left - 6, y: y(value) + 4, "text-anchor": "end" }, count(value)));
  }
  return lines;
}

function labels(rows, x, across) {
  const every = across < 9 ? 12 : 6;
  const texts = [];
  rows.forEach((row, index) => {
    const hour = localHour(row.hour);
    if (hour % every === 0) {
      texts.push(s("text", { class: "tick", x: x(index), y: HEIGHT - EDGE.bottom + 15, "text-anchor": "middle" }, time(row.hour)));
    }
    if (hour === 0) {
      texts.push(
        s("line", { class: "midnight", x1: x(index), x2: x(index), y1: EDGE.top, y2: HEIGHT - EDGE.bottom }),
        s("text", { class: "day", x: x(index), y: HEIGHT - 4, "text-anchor": "middle" }, weekday(row.hour)));
    }
  });
  return texts;
}

function bars(row, left, across, y, running) {
  const wide = Math.max(1, across * 0.74);
  const start = left + (across - wide) / 2;
  const both = row.incidents + row.signals;
  const told = `${weekday(row.hour)} ${time(row.hour)}: ${count(row.incidents)} incidenten, ${count(row.signals)} signalen`;
  const bar = (name, from, to) =>
    s("rect", { class: name, x: start, width: wide, y: y(to), height: Math.max(0, y(from) - y(to)) },
      s("title", {}, running ? `${told} (loopt nog)` : told));
  const parts = [bar("bar-incidents", 0, row.incidents), bar("bar-signals", row.incidents, both)];
  if (running) parts.forEach((part) => part.classList.add("running"));
  return parts;
}

function steps(rows, x, y, across) {
  let path = "";
  rows.forEach((row, index) => {
    if (row.normal === null) return;
    const level = y(row.normal).toFixed(1);
    path += `${path && rows[index - 1]?.normal !== null ? "L" : "M"}${x(index).toFixed(1)} ${level}H${(x(index) + across).toFixed(1)}`;
  });
  return path;
}
