// The running feed. New events are marked, and told politely to who listens, at most once in a while.

import { byId, h, keyed, setText } from "./dom.js";
import { moment, plural } from "./format.js";

const KINDS = { incident: "Incident", signal: "Signaal", inspection: "Controle" };
const FRESH_MS = 12_000;
const TELL_MS = 8_000;

export class Feed {
  #seen = null;
  #toldAt = -Infinity;
  #untold = [];
  #timer = null;
  #select;

  constructor(select) {
    this.#select = select;
  }

  render(rows, now) {
    const fresh = this.#seen === null ? [] : rows.filter((row) => !this.#seen.has(row.key));
    this.#seen = new Set(rows.map((row) => row.key));
    const freshKeys = new Set(fresh.map((row) => row.key));
    keyed(byId("feed"), rows, (row) => row.key, (row) => this.#make(row, freshKeys.has(row.key)),
      (item, row) => setText(item.querySelector("time"), moment(row.occurred_at, now)));
    setText(byId("feed-empty"), "Nog geen gebeurtenissen.");
    byId("feed-empty").hidden = rows.length > 0;
    if (fresh.length) this.#tell(fresh);
  }

  #make(row, isFresh) {
    const place = row.wijk
      ? h("button", { type: "button", class: "place" }, row.place)
      : h("span", { class: "place" }, row.place);
    if (row.wijk) place.addEventListener("click", () => this.#select(row.wijk));
    const what = [KINDS[row.kind] ?? row.kind, row.service, row.priority.toUpperCase(), row.source];
    const item = h("li", { "data-kind": row.kind, class: isFresh ? "fresh" : null },
      h("time", { datetime: row.occurred_at }),
      h("p", { class: "what" }, h("b", {}, row.label), severity(row.severity),
        isFresh ? h("span", { class: "badge" }, "nieuw") : null),
      h("p", { class: "where" }, place, h("span", {}, what.filter(Boolean).join(" · "))));
    if (isFresh) setTimeout(() => settle(item), FRESH_MS);
    return item;
  }

  /** Tell of new events at once, or, just after the last time, together when some time has passed. */
  #tell(fresh) {
    this.#untold = [...fresh, ...this.#untold];
    if (this.#timer !== null) return;
    const wait = Math.max(0, this.#toldAt + TELL_MS - performance.now());
    this.#timer = setTimeout(() => {
      const [{ label, place }] = this.#untold;
      const number = plural(this.#untold.length, "nieuwe gebeurtenis", "nieuwe gebeurtenissen");
      setText(byId("announcer"), `${number}, laatste: ${label}, ${place}`);
      [this.#toldAt, this.#timer, this.#untold] = [performance.now(), null, []];
    }, wait);
  }
}

function settle(item) {
  item.classList.remove("fresh");
  item.querySelector(".badge")?.remove();
}

function severity(level) {
  return h("span", { class: "severity", "data-severity": level, title: `Ernst ${level} van 5` },
    h("span", { "aria-hidden": "true" }, "●".repeat(level) + "○".repeat(5 - level)),
    h("span", { class: "hidden" }, `ernst ${level} van 5`));
}
