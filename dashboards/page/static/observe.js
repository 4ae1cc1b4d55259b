// The form for observations of a wijkteam: a closed list per field, sent to this server only.

import { byId, setText } from "./dom.js";
import { time } from "./format.js";

const FIELDS = ["wijk", "theme", "severity"];
const FAILED = {
  400: "Kies een wijk, een thema en een ernst uit de lijsten.",
  502: "Niet ingevoerd: de invoer wordt geweigerd. Waarschuw de beheerder.",
};
const LATER = "Niet ingevoerd: de invoer is nu niet bereikbaar. Probeer het zo nog eens.";

const field = (name) => byId(`observation-${name}`);

/** One id for each filled-in form: sent again after a failure, it is still one observation. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function tell(outcome, text) {
  byId("observation-result").dataset.outcome = outcome;
  setText(byId("observation-result"), text);
}

async function send(id) {
  const body = { id, wijk: field("wijk").value, theme: field("theme").value, severity: Number(field("severity").value) };
  const answer = await fetch("/api/observations", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return answer.status;
}

/** Let the form be opened and sent; `selected` tells the code of the wijk that is chosen on the map. */
export function takeObservations(selected) {
  const dialog = byId("observation");
  let id = newId();

  byId("observe").addEventListener("click", () => {
    if (selected()) field("wijk").value = selected();
    tell("", "");
    dialog.showModal();
  });
  byId("observation-close").addEventListener("click", () => dialog.close());

  byId("observation-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    field("send").disabled = true;
    let status = 0;
    try {
      status = await send(id);
    } catch { /* the server is away: status stays 0 */ }
    field("send").disabled = false;
    if (status === 202) {
      tell("taken", `Ingevoerd om ${time(Date.now())}. Het telt mee zodra het is verwerkt.`);
      id = newId();
      for (const name of FIELDS.slice(1)) field(name).value = "";
    } else {
      tell("failed", FAILED[status] ?? LATER);
    }
  });
}
