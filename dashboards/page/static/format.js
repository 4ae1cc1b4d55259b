// Numbers and times as the Netherlands writes them; all times are those of Amsterdam.

const ZONE = "Europe/Amsterdam";
const clock = new Intl.DateTimeFormat("nl-NL", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("nl-NL", {
  timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const day = new Intl.DateTimeFormat("nl-NL", { timeZone: ZONE, weekday: "short", day: "numeric" });
const dayMonth = new Intl.DateTimeFormat("nl-NL", { timeZone: ZONE, day: "numeric", month: "short" });
const fullDay = new Intl.DateTimeFormat("nl-NL", {
  timeZone: ZONE, day: "numeric", month: "short", year: "numeric",
});
const isoDay = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE });
const whole = new Intl.NumberFormat("nl-NL", { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat("nl-NL", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat("nl-NL", {
  minimumFractionDigits: 1, maximumFractionDigits: 1, signDisplay: "exceptZero",
});
const percent = new Intl.NumberFormat("nl-NL", { style: "percent", maximumFractionDigits: 0 });

const NONE = "–";
const known = (value) => value !== null && value !== undefined;

export const time = (iso) => (iso ? clock.format(new Date(iso)) : NONE);
export const timeSeconds = (iso) => (iso ? clockSeconds.format(new Date(iso)) : NONE);
export const weekday = (iso) => day.format(new Date(iso));
export const date = (iso) => dayMonth.format(new Date(iso));
export const count = (value) => (known(value) ? whole.format(value) : NONE);
export const mean = (value) => (known(value) ? tenth.format(value) : NONE);
export const deviation = (value) => (known(value) ? signed.format(value) : NONE);
export const share = (value) => (known(value) ? percent.format(value) : NONE);
export const localHour = (iso) => Number(clock.format(new Date(iso)).slice(0, 2));
export const sameDay = (one, other) => isoDay.format(new Date(one)) === isoDay.format(new Date(other));

/** A moment as short as it can be told: the clock today, else the day as well. */
export function moment(iso, now) {
  if (!iso) return NONE;
  if (now && sameDay(iso, now)) return time(iso);
  const old = now && new Date(now) - new Date(iso) > 300 * 86_400_000;
  return old ? fullDay.format(new Date(iso)) : `${date(iso)} ${time(iso)}`;
}

/** A length of time in its largest unit. */
export function age(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} uur`;
  return `${Math.floor(seconds / 86_400)} dagen`;
}

export const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;
