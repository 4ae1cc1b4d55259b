// The stream of updates. Opens again by itself, also after the server refused or went away.

const AGAIN_MS = 1500;

export function listen(onUpdate) {
  const source = new EventSource("/api/stream");
  source.addEventListener("update", (event) => onUpdate(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    source.close();
    setTimeout(() => listen(onUpdate), AGAIN_MS);
  });
}
