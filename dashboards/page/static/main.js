// Puts the page together: takes updates from the stream and lets each panel draw what changed.

import { renderDetail, renderRanking } from "./attention.js";
import { HourChart } from "./chart.js";
import { Clock } from "./clock.js";
import { byId, setAttribute, setText } from "./dom.js";
import { Feed } from "./feed.js";
import { partsNotice, pausedNotice, renderAbove, renderNow, renderParts, renderShare, renderSources } from "./figures.js";
import { time, timeSeconds } from "./format.js";
import { renderBuilding, sentence, WijkMap } from "./map.js";
import { takeObservations } from "./observe.js";
import { listen } from "./stream.js";
import { renderAudit, renderRejects, renderSensitive, renderStadsdelen, renderThemes, renderUnplaced } from "./tables.js";
import { Twin } from "./twin.js";

const WINDOW_HOURS = 3;
const THEMES = ["system", "light", "dark"];
const THEME_NAMES = { system: "systeem", light: "licht", dark: "donker" };

const state = { panels: {}, system: {}, failed: [], selected: null, paused: false };
const clock = new Clock();
const map = new WijkMap(select);
const twin = new Twin();
const feed = new Feed(select);
const chart = new HourChart();

/** Each view: the panels it draws from ("system" and "selected" count as panels), and how. */
const VIEWS = [
  [["now"], () => renderNow(state.panels.now)],
  [["wijken"], () => { map.render(state.panels.wijken); twin.render(state.panels.wijken); renderAbove(state.panels.wijken); }],
  [["wijken", "system"], () => renderBuilding(state.panels.wijken?.[0], state.system.sources)],
  [["top-wijken"], () => renderRanking(state.panels["top-wijken"], select)],
  [["wijken", "wijk-themes", "latest", "selected"], () => renderDetail(state.selected, state.panels, clock.now())],
  [["latest"], () => feed.render(state.panels.latest, clock.now())],
  [["per-hour"], () => chart.render(state.panels["per-hour"])],
  [["themes"], () => renderThemes(state.panels.themes)],
  [["stadsdelen"], () => renderStadsdelen(state.panels.stadsdelen)],
  [["unplaced"], () => { renderShare(state.panels.unplaced); renderUnplaced(state.panels.unplaced); }],
  [["freshness", "system"], () => renderSources(state.panels.freshness ?? [], state.system.sources ?? {}, clock.now())],
  [["system"], () => renderParts(state.system.parts ?? {})],
  [["rejects"], () => renderRejects(state.panels.rejects)],
  [["sensitive"], () => renderSensitive(state.panels.sensitive)],
  [["audit"], () => renderAudit(state.panels.audit, clock.now())],
];

const waitingToBeDrawn = new Set();

function update(news) {
  clock.tick(news);
  Object.assign(state.panels, news.panels);
  Object.keys(news.panels ?? {}).forEach((id) => waitingToBeDrawn.add(id));
  if (news.system) {
    state.system = news.system;
    waitingToBeDrawn.add("system");
  }
  if (news.failed) state.failed = news.failed;
  draw();
}

function draw() {
  if (state.paused) {
    // The user's own choice is drawn also while the picture stands still.
    if (waitingToBeDrawn.delete("selected")) renderDetail(state.selected, state.panels, clock.now());
  } else {
    for (const [needs, render] of VIEWS) {
      if (needs.some((id) => waitingToBeDrawn.has(id))) render();
    }
    waitingToBeDrawn.clear();
    for (const section of document.querySelectorAll("[data-panel]")) {
      section.classList.toggle("failed", state.failed.includes(section.dataset.panel));
    }
  }
  showTime();
}

function showTime() {
  const live = clock.show();
  if (!state.paused) clock.ages();
  const now = clock.now();
  if (now) {
    const start = new Date(now).setUTCMinutes(0, 0, 0) - WINDOW_HOURS * 3_600_000;
    setText(byId("window"), `sinds ${time(start)}: het lopende uur en de ${WINDOW_HOURS} uur ervoor`);
  }
  const down = partsNotice(state.system.parts ?? {});
  const paused = state.paused ? `Gepauzeerd: dit is het beeld van ${timeSeconds(state.pausedAt)}.` : "";
  const text = clock.notice() || paused || (down && `Niet alles draait (${down}). Het beeld kan achterlopen.`)
    || pausedNotice(state.system.sources ?? {});
  byId("notice").hidden = !text;
  setText(byId("notice"), text);
  setAttribute(byId("notice"), "data-live", live);
}

function select(code) {
  state.selected = code;
  map.selected(code);
  waitingToBeDrawn.add("selected");
  draw();
  const row = (state.panels.wijken ?? []).find((each) => each.wijk === code);
  if (row) setText(byId("announcer"), `${row.name}: ${sentence(row)}`);
}

byId("detail-close").addEventListener("click", () => {
  select(null);
  document.querySelector('#map .wijk[tabindex="0"]')?.focus();
});

byId("pause").addEventListener("click", () => {
  state.paused = !state.paused;
  state.pausedAt = clock.now();
  setAttribute(byId("pause"), "aria-pressed", String(state.paused));
  setText(byId("pause"), state.paused ? "Hervat" : "Pauzeer");
  draw();
});

function showTheme(chosen) {
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  setText(byId("theme-name"), THEME_NAMES[chosen]);
}

byId("theme").addEventListener("click", () => {
  const now = document.documentElement.dataset.theme ?? "system";
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  showTheme(next);
  try { localStorage.setItem("wijkbeeld-theme", next); } catch { /* the choice then lasts for this visit */ }
});

if (byId("observation")) takeObservations(() => state.selected);
showTheme(document.documentElement.dataset.theme ?? "system");
setInterval(showTime, 500);
listen(update);
