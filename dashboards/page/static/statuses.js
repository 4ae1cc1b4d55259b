// Words and marks of the statuses. They are read from the legend, which the server writes from its one list.

const found = new Map();

function read() {
  for (const item of document.querySelectorAll("#legend-status li")) {
    found.set(item.querySelector(".swatch").dataset.status, {
      word: item.querySelector(".word").textContent,
      mark: item.querySelector(".mark").textContent,
    });
  }
}

export function status(name) {
  if (found.size === 0) read();
  return found.get(name) ?? { word: "normaal in opbouw", mark: "…" };
}

export const isAbove = (name) => name === "higher" || name === "much-higher";

/** The class of a count while there is no normal yet: 0, 1 (1 or 2), 2 (3 to 5), 3 (6 or more). */
export const countClass = (n) => (n >= 6 ? "3" : n >= 3 ? "2" : n >= 1 ? "1" : "0");
