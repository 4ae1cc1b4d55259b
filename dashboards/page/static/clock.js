// How old the picture is, said at every moment: live, too old, or still waiting for a first answer.

import { byId, setAttribute, setText } from "./dom.js";
import { age, timeSeconds } from "./format.js";

const STALE_MS = 2500;

export class Clock {
  #asOf = null;
  #goodAt = null;
  #state = "connecting";

  /** Take in what the server said of its last reading. */
  tick({ as_of: asOf, available }) {
    if (available) {
      this.#goodAt = performance.now();
      this.#asOf = asOf;
    } else if (this.#asOf === null && asOf) {
      this.#asOf = asOf;
      this.#goodAt = performance.now() - Math.max(0, Date.now() - new Date(asOf));
    } else if (this.#asOf === null) {
      this.#state = "waiting";
    }
  }

  /** The time at the server, as well as it is known here; null before the first answer. */
  now() {
    if (this.#asOf === null) return null;
    return new Date(new Date(this.#asOf).getTime() + (performance.now() - this.#goodAt)).toISOString();
  }

  /** Show the state; returns it: "connecting", "waiting", "live" or "stale". */
  show() {
    const old = this.#goodAt === null ? 0 : performance.now() - this.#goodAt;
    if (this.#goodAt !== null) this.#state = old > STALE_MS ? "stale" : "live";
    const words = { connecting: "Verbinden", waiting: "Wacht", live: "Actueel", stale: "Niet actueel" };
    setAttribute(document.documentElement, "data-live", this.#state);
    setText(byId("live-word"), words[this.#state]);
    setText(byId("as-of"), this.#asOf ? timeSeconds(this.#asOf) : "--:--:--");
    return this.#state;
  }

  /** The sentence for the banner, or "" when all is well. */
  notice() {
    if (this.#state === "waiting") return "Wacht op gegevens: de database antwoordt nog niet. Het beeld komt vanzelf.";
    if (this.#state !== "stale") return "";
    return `Niet actueel: dit is het beeld van ${timeSeconds(this.#asOf)}. Er wordt opnieuw verbonden.`;
  }

  /** Fill in every element that shows an age, such as `<span data-since="...">`. */
  ages() {
    const now = this.now();
    if (now === null) return;
    for (const element of document.querySelectorAll("[data-since]")) {
      setText(element, age((new Date(now) - new Date(element.dataset.since)) / 1000));
    }
  }
}
