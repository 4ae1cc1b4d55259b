// What stands out now, and the details of the chosen wijk.

import { byId, h, keyed, setAttribute, setText } from "./dom.js";
import { count, mean, moment, plural } from "./format.js";
import { sentence } from "./map.js";
import { status } from "./statuses.js";

export function renderRanking(rows, select) {
  const list = byId("ranking");
  keyed(list, rows, (row) => row.wijk, (row) => makeRank(row, select), updateRank);
  setText(byId("ranking-empty"), "Geen gebeurtenissen in dit tijdvak.");
  byId("ranking-empty").hidden = rows.length > 0;
}

function makeRank(row, select) {
  const button = h("button", { type: "button" },
    h("span", { class: "mark", "aria-hidden": "true" }),
    h("span", { class: "who" }),
    h("b"),
    h("span", { class: "against" }));
  button.addEventListener("click", () => select(row.wijk));
  return h("li", {}, button);
}

function updateRank(item, row) {
  const [mark, who, number, against] = item.firstElementChild.children;
  setAttribute(item, "data-status", row.status);
  setText(mark, row.status === "building" ? "" : status(row.status).mark);
  setText(who, row.name);
  setText(number, count(row.n_now));
  setText(against, row.status === "building" ? "nu" : `normaal ${mean(row.normal)}`);
  setAttribute(item.firstElementChild, "aria-label", `${row.name}: ${sentence(row)}`);
}

/** Show one wijk: its figures, its themes of the last day, its latest events. */
export function renderDetail(code, panels, now) {
  const row = (panels.wijken ?? []).find((each) => each.wijk === code);
  byId("detail-close").hidden = !row;
  setText(byId("h-detail"), row ? row.name : "Kies een wijk");
  if (!row) {
    byId("detail").replaceChildren(h("p", { class: "quiet" },
      "Klik op een wijk, of ga er met Tab en de pijltjestoetsen heen en druk op Enter: hier komen dan " +
      "haar thema's en laatste gebeurtenissen."));
    return;
  }
  const themes = (panels["wijk-themes"] ?? []).filter((each) => each.wijk === code);
  const events = (panels.latest ?? []).filter((each) => each.wijk === code).slice(0, 5);
  byId("detail").replaceChildren(
    h("p", { class: "where" }, row.stadsdeel_name),
    h("p", { class: "stand", "data-status": row.status },
      h("span", { class: "mark", "aria-hidden": "true" }, status(row.status).mark), ` ${sentence(row)}.`),
    h("h3", {}, `Laatste 24 uur: ${plural(row.n_day, "gebeurtenis", "gebeurtenissen")}`),
    themes.length ? themeTable(themes, now) : h("p", { class: "quiet" }, "Geen gebeurtenissen."),
    h("h3", {}, "Laatste gebeurtenissen hier"),
    events.length ? eventList(events, now) : h("p", { class: "quiet" }, "Niet in de lopende lijst."));
}

function themeTable(themes, now) {
  return h("table", {}, h("caption", { class: "hidden" }, "Thema's van de laatste 24 uur"),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Thema"), h("th", { scope: "col", class: "num" }, "Nu"),
      h("th", { scope: "col", class: "num" }, "24 uur"), h("th", { scope: "col", class: "num" }, "Laatste"))),
    h("tbody", {}, ...themes.map((theme) => h("tr", {}, h("th", { scope: "row" }, theme.label),
      h("td", { class: "num" }, count(theme.n_now)), h("td", { class: "num" }, count(theme.n_day)),
      h("td", { class: "num" }, moment(theme.last_at, now))))));
}

const eventList = (events, now) => h("ul", { class: "plain" }, ...events.map((event) =>
  h("li", {}, h("time", { datetime: event.occurred_at }, moment(event.occurred_at, now)), ` ${event.label}`)));
