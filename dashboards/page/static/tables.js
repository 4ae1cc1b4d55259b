// Themes and stadsdelen: a bar for now, a tick for normal, and the words beside them.

import { byId, h, keyed, setAttribute, setText } from "./dom.js";
import { count, mean, moment, share } from "./format.js";
import { status } from "./statuses.js";

export const renderThemes = (rows) => renderBars(byId("themes-rows"), rows, (row) => row.theme, (row) => row.label);
export const renderStadsdelen = (rows) =>
  renderBars(byId("stadsdelen-rows"), rows, (row) => row.stadsdeel || "unknown", (row) => row.name);

function renderBars(body, rows, keyOf, nameOf) {
  const most = Math.max(4, ...rows.map((row) => Math.max(row.n_now, row.normal ?? 0)));
  keyed(body, rows, keyOf,
    (row) => h("tr", {}, h("th", { scope: "row" }, nameOf(row)),
      h("td", {}, h("span", { class: "track", "aria-hidden": "true" }, h("i", { class: "fill" }), h("i", { class: "tick" })), h("b")),
      h("td", { class: "num" }),
      h("td", {}, h("span", { class: "mark", "aria-hidden": "true" }), " ", h("span", { class: "word" })),
      h("td", { class: "num" })),
    (line, row) => {
      const [, now, normal, stand, day] = line.cells;
      const [fill, tick] = now.firstElementChild.children;
      setAttribute(line, "data-status", row.status);
      fill.style.width = `${(100 * row.n_now) / most}%`;
      tick.hidden = row.normal === null;
      tick.style.left = `${(100 * (row.normal ?? 0)) / most}%`;
      setText(now.lastElementChild, count(row.n_now));
      setText(normal, mean(row.normal));
      const { mark, word } = status(row.status);
      setText(stand.firstElementChild, mark);
      setText(stand.lastElementChild, row.status === "building" ? "in opbouw" : word);
      setText(day, count(row.n_day));
    });
}

export function renderUnplaced(rows) {
  keyed(byId("unplaced-rows"), rows, (row) => row.match_level,
    (row) => h("tr", { class: row.placed ? null : "not-placed" }, h("th", { scope: "row" }, row.label),
      h("td", {}, h("span", { class: "track", "aria-hidden": "true" }, h("i", { class: "fill" })), h("b")),
      h("td", { class: "num" })),
    (line, row) => {
      line.cells[1].firstElementChild.firstElementChild.style.width = `${100 * (row.share ?? 0)}%`;
      setText(line.cells[1].lastElementChild, share(row.share));
      setText(line.cells[2], count(row.n));
    });
}

export const renderRejects = (rows) => keyed(byId("rejects-rows"), rows, (row) => row.reason,
  (row) => h("tr", {}, h("th", { scope: "row" }, row.label), h("td", { class: "num" }), h("td", { class: "num" })),
  (line, row) => {
    setText(line.cells[1], count(row.n_day));
    setText(line.cells[2], count(row.n_fortnight));
    line.classList.toggle("zero", row.n_fortnight === 0);
  });

export function renderAudit(rows, now) {
  const done = rows[0]?.at;
  setText(byId("audit-at"), done ? `gecontroleerd: ${moment(done, now)}` : "nog niet gecontroleerd");
  keyed(byId("audit-rows"), rows, (row) => row.source,
    (row) => h("tr", {}, h("th", { scope: "row" }, row.label), h("td"), h("td", { class: "num" }),
      h("td", { class: "num" }), h("td", { class: "num" }), h("td", { class: "num" })),
    (line, row) => {
      const [, verdict, ...numbers] = line.cells;
      const values = [row.lost, row.cells_differ, row.in_flight, row.received];
      setAttribute(line, "data-verdict", row.verdict || "none");
      setText(verdict, row.verdict_label);
      numbers.forEach((cell, index) => setText(cell, count(done ? values[index] : null)));
    });
}

export function renderSensitive(rows) {
  keyed(byId("sensitive-rows"), rows, (row) => row.theme,
    (row) => h("tr", {}, h("th", { scope: "row" }, row.label), h("td", {})),
    (line, row) => setText(line.cells[1], row.n_text));
  const monday = rows[0] && new Date(`${rows[0].week_start}T12:00:00Z`);
  if (monday) {
    const format = new Intl.DateTimeFormat("nl-NL", { day: "numeric", month: "long" });
    setText(byId("sensitive-week"), `Week van ${format.format(monday)}. Telt in geen ander paneel mee.`);
  }
}
