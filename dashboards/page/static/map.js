// The map of the wijken: colours, numbers, selection, and walking through it with the arrow keys.

import { byId, setAttribute, setText } from "./dom.js";
import { count, mean, plural } from "./format.js";
import { countClass, isAbove, status } from "./statuses.js";

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

export function sentence(row) {
  const events = plural(row.n_now, "gebeurtenis", "gebeurtenissen");
  if (row.status === "building") return `${events} nu, normaal in opbouw`;
  return `${events} nu, normaal ${mean(row.normal)}, ${status(row.status).word}`;
}

export class WijkMap {
  #shapes = [...document.querySelectorAll("#map .wijk")];
  #select;

  /** `select(code or null)` is called when the user chooses a wijk. */
  constructor(select) {
    this.#select = select;
    // On the element around the picture: an SVG element that listens for focus can be tabbed to itself.
    const map = byId("map-view");
    map.addEventListener("click", (event) => this.#choose(event.target.closest(".wijk")));
    map.addEventListener("keydown", (event) => this.#key(event));
    map.addEventListener("focusin", (event) => this.#focused(event.target.closest(".wijk")));
    map.addEventListener("focusout", () => setAttribute(byId("ring-focus"), "d", ""));
  }

  render(rows) {
    const byCode = new Map(rows.map((row) => [row.wijk, row]));
    for (const shape of this.#shapes) {
      const row = byCode.get(shape.dataset.code);
      if (!row) continue;
      setAttribute(shape, "data-status", row.status);
      setAttribute(shape, "data-count", countClass(row.n_now));
      setAttribute(shape, "aria-label", `${row.name}, ${row.stadsdeel_name}: ${sentence(row)}`);
      const mark = isAbove(row.status) || row.status === "slightly-higher" || row.status === "lower";
      const [number, sign] = shape.querySelector(".number").children;
      setText(number, count(row.n_now));
      setText(sign, mark ? `\u2009${status(row.status).mark}` : "");
    }
    this.#building(rows[0]);
  }

  /** Show which wijk is chosen. */
  selected(code) {
    for (const shape of this.#shapes) {
      setAttribute(shape, "aria-pressed", String(shape.dataset.code === code));
    }
    const shape = this.#shapes.find((each) => each.dataset.code === code);
    setAttribute(byId("ring-selected"), "d", shape ? shape.querySelector("path").getAttribute("d") : "");
  }

  #building(row) {
    const building = row?.status === "building";
    byId("legend-status").hidden = building;
    byId("legend-building").hidden = !building;
    setText(byId("legend-title"), building ? "Aantal nu" : "Tegen normaal");
  }

  #choose(shape) {
    if (!shape) return;
    this.#select(shape.getAttribute("aria-pressed") === "true" ? null : shape.dataset.code);
  }

  #focused(shape) {
    if (!shape) return;
    for (const each of this.#shapes) setAttribute(each, "tabindex", each === shape ? "0" : "-1");
    const visible = shape.matches(":focus-visible");
    setAttribute(byId("ring-focus"), "d", visible ? shape.querySelector("path").getAttribute("d") : "");
  }

  #key(event) {
    const shape = event.target.closest(".wijk");
    if (!shape || event.ctrlKey || event.metaKey || event.altKey) return;
    let next = null;
    if (event.key in ARROWS) next = this.#towards(shape, ARROWS[event.key]);
    else if (event.key === "Home") next = this.#shapes[0];
    else if (event.key === "End") next = this.#shapes.at(-1);
    else if (event.key === "Enter" || event.key === " ") this.#choose(shape);
    else if (event.key === "Escape") this.#select(null);
    else return;
    event.preventDefault();
    next?.focus();
  }

  /** The nearest wijk in that direction; what lies aside counts as further away. */
  #towards(from, [dx, dy]) {
    let best = null;
    let least = Infinity;
    for (const shape of this.#shapes) {
      const right = shape.dataset.x - from.dataset.x;
      const down = shape.dataset.y - from.dataset.y;
      const along = right * dx + down * dy;
      const aside = Math.abs(right * dy) + Math.abs(down * dx);
      if (shape === from || along <= 0 || aside > 2.5 * along) continue;
      const far = Math.hypot(along, aside) + 0.6 * aside;
      if (far < least) [best, least] = [shape, far];
    }
    return best;
  }
}

/** Tell how far normal is, and how far the history is that it is made from. */
export function renderBuilding(row, sources) {
  const history = Object.values(sources ?? {})
    .map((source) => source?.progress?.backfill)
    .filter((part) => typeof part === "number" && part < 1);
  const loading = history.length > 0;
  const box = byId("building");
  box.hidden = !row || (row.status !== "building" && !loading);
  if (box.hidden) return;
  const parts = [];
  if (row.status === "building") {
    parts.push(`Normaal wordt opgebouwd: ${row.weeks} van ${row.weeks_needed} weken historie`);
  }
  const slowest = Math.min(1, ...history);
  if (loading) parts.push(`historie voor ${Math.floor(slowest * 100)}% ingelezen`);
  const text = parts.join("; ");
  setText(byId("building-text"), text.charAt(0).toUpperCase() + text.slice(1));
  byId("building-bar").value = loading ? slowest : row.weeks / row.weeks_needed;
}
