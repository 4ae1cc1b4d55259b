// The table twin of the map: the same figures, sortable.

import { byId, setAttribute, setText } from "./dom.js";
import { count, deviation, mean } from "./format.js";
import { status } from "./statuses.js";

const TEXT = new Set(["name", "stadsdeel_name"]);
const RANK = ["building", "lower", "normal", "slightly-higher", "higher", "much-higher"];

export class Twin {
  #rows = [];
  #key = "deviation";
  #down = true;

  constructor() {
    byId("twin").querySelector("thead").addEventListener("click", (event) => {
      const key = event.target.closest("button")?.dataset.sort;
      if (!key) return;
      this.#down = key === this.#key ? !this.#down : !TEXT.has(key);
      this.#key = key;
      this.#order();
    });
    for (const [button, table] of [[byId("as-map"), false], [byId("as-table"), true]]) {
      button.addEventListener("click", () => {
        byId("map-view").hidden = table;
        byId("table-view").hidden = !table;
        setAttribute(byId("as-map"), "aria-pressed", String(!table));
        setAttribute(byId("as-table"), "aria-pressed", String(table));
      });
    }
  }

  render(rows) {
    this.#rows = rows;
    for (const row of rows) {
      const line = byId("twin").querySelector(`tr[data-code="${row.wijk}"]`);
      if (!line) continue;
      const cells = [
        row.name, row.stadsdeel_name, count(row.n_now), mean(row.normal), deviation(row.deviation),
        `${status(row.status).mark} ${status(row.status).word}`, count(row.n_day),
      ];
      cells.forEach((text, index) => setText(line.cells[index], text));
      setAttribute(line, "data-status", row.status);
    }
    this.#order();
  }

  #order() {
    const value = (row) => (this.#key === "status" ? RANK.indexOf(row.status) : row[this.#key]);
    const turn = this.#down ? -1 : 1;
    const compare = (one, other) => {
      const [a, b] = [value(one), value(other)];
      if (a === b) return other.n_now - one.n_now || one.name.localeCompare(other.name, "nl");
      if (a === null || b === null) return a === null ? 1 : -1;
      return turn * (TEXT.has(this.#key) ? a.localeCompare(b, "nl") : a - b);
    };
    const body = byId("twin").tBodies[0];
    const lines = new Map([...body.rows].map((line) => [line.dataset.code, line]));
    [...this.#rows].sort(compare).forEach((row, index) => {
      const line = lines.get(row.wijk);
      if (line && body.rows[index] !== line) body.insertBefore(line, body.rows[index] ?? null);
    });
    for (const head of byId("twin").tHead.rows[0].cells) {
      if (head.firstElementChild.dataset.sort === this.#key) {
        setAttribute(head, "aria-sort", this.#down ? "descending" : "ascending");
      } else head.removeAttribute("aria-sort");
    }
  }
}
