// The five figures at the top, and the state of sources and parts.

import { byId, h, keyed, setAttribute, setText } from "./dom.js";
import { count, mean, moment, plural, share } from "./format.js";
import { isAbove } from "./statuses.js";

const STATES = {
  running: "draait", starting: "start", restarting: "herstart", stopping: "stopt", stopped: "gestopt",
};

export function renderNow([row]) {
  if (!row) return;
  setText(byId("incidents"), count(row.incidents));
  setText(byId("incidents-usual"), `gemiddeld ${mean(row.incidents_usual)} per uur in de 24 uur ervoor`);
  setText(byId("signals"), count(row.signals));
  setText(byId("signals-usual"), `gemiddeld ${mean(row.signals_usual)} per uur in de 24 uur ervoor`);
}

export function renderAbove(rows) {
  if (!rows.length) return;
  const building = rows[0].status === "building";
  const above = rows.filter((row) => isAbove(row.status)).length;
  const much = rows.filter((row) => row.status === "much-higher").length;
  setText(byId("above"), building ? "–" : count(above));
  setText(byId("above-of"), building
    ? `normaal in opbouw: ${rows[0].weeks} van ${rows[0].weeks_needed} weken`
    : `van ${count(rows.length)}${much ? `, ${count(much)} veel hoger` : ""}`);
  setAttribute(byId("above").closest("div"), "data-alert", String(!building && above > 0));
}

export function renderShare([row]) {
  if (!row) return;
  setText(byId("unplaced-share"), share(row.unplaced_share));
  setText(byId("unplaced-of"), row.total
    ? `${count(Math.round(row.unplaced_share * row.total))} van ${count(row.total)} in 24 uur`
    : "geen gebeurtenissen in 24 uur");
}

export function renderSources(rows, sources, now) {
  const stored = new Map(rows.map((row) => [row.source, row]));
  const names = [...new Set([...stored.keys(), ...Object.keys(sources)])].sort();
  keyed(byId("sources-rows"), names, (name) => name,
    (name) => h("tr", {}, h("th", { scope: "row" }, name), h("td"), h("td"), h("td", { class: "num" }), h("td")),
    (line, name) => {
      const row = stored.get(name);
      setAge(line.cells[1], row?.received_at);
      setText(line.cells[2], row ? moment(row.occurred_at, now) : "nog niets");
      setText(line.cells[3], count(sources[name]?.received));
      setText(line.cells[4], sources[name]?.paused ? "gepauzeerd" : trouble(sources[name]) || history(sources[name]));
      setAttribute(line, "data-paused", String(Boolean(sources[name]?.paused)));
    });
  const newest = rows.reduce((best, row) => (!best || row.received_at > best.received_at ? row : best), null);
  setAge(byId("newest"), newest?.received_at);
  setText(byId("newest-of"), newest ? `geleden, bron ${newest.source}` : "nog geen gegevens");
}

/** Let an element show how long ago something was; the clock keeps it up to date. */
function setAge(cell, since) {
  if (!since) {
    setText(cell, "–");
    return;
  }
  let shown = cell.querySelector("[data-since]");
  if (!shown) {
    shown = h("span", { "data-since": since });
    cell.replaceChildren(shown);
  }
  shown.dataset.since = since;
}

function history(source) {
  const part = source?.progress?.backfill;
  if (typeof part !== "number") return "–";
  return part < 1 ? `${Math.floor(part * 100)}% ingelezen` : "volledig";
}

export function renderParts(parts) {
  const names = Object.keys(parts);
  keyed(byId("parts"), names, (name) => name,
    (name) => h("li", {}, h("i", { class: "dot", "aria-hidden": "true" }), h("span", {}, name), " ", h("b")),
    (item, name) => {
      const { state = "onbekend", restarts = 0 } = parts[name] ?? {};
      setAttribute(item, "data-state", state);
      const again = restarts ? `, ${plural(restarts, "keer", "keer")} herstart` : "";
      setText(item.lastElementChild, (STATES[state] ?? state) + again);
    });
}

const TROUBLES = { silent: "stil", late: "te laat", slow: "traag", shrinking: "minder", flooding: "te veel" };

/** What is the matter with a source, in a word or two, or "". */
function trouble(source) {
  return Object.keys(source?.heartbeat?.troubles ?? {}).map((name) => TROUBLES[name] ?? name).join(", ");
}

/** A sentence on sources that are paused, or "". */
export function pausedNotice(sources) {
  return Object.entries(sources).filter(([, source]) => source?.paused).map(([name, { paused }]) => {
    if (!paused.among) return `Bron ${name} is met de hand gepauzeerd. Haar beeld staat stil.`;
    const share = paused.rejects === paused.among
      ? `${plural(paused.rejects, "record", "records")} na elkaar`
      : `${count(paused.rejects)} van ${count(paused.among)} records`;
    return `Bron ${name} is gepauzeerd: ${share} afgewezen (${paused.reason}). Haar beeld staat stil.`;
  }).join(" ");
}

/** A sentence on parts that do not run, or "". */
export function partsNotice(parts) {
  const down = Object.entries(parts).filter(([, part]) => (part?.state ?? "running") !== "running");
  if (!down.length) return "";
  return down.map(([name, part]) => `${name}: ${STATES[part.state] ?? part.state}`).join(", ");
}
