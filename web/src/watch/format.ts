/** How times, languages and dates read. */

/** Seconds as 1:05 or 1:02:05. */
export function clock(seconds: number): string {
  const whole = Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Milliseconds as "1 h 32 min", "24 min" or "30 s". */
export function runtime(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (milliseconds < 60_000) return `${Math.round(milliseconds / 1000)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const languages = new Intl.DisplayNames(undefined, { type: "language" });

/** The name of a BCP 47 language, in the browser's own. */
export function languageName(tag: string): string {
  return tag && tag !== "und" ? (languages.of(tag) ?? tag) : "Unknown language";
}

export function dateTime(instant: string): string {
  return new Date(instant).toLocaleString(undefined, { dateStyle: "long", timeStyle: "short" });
}

/** How long something has been going on, such as "for 25 min". */
export function goingOn(instant: string): string {
  const elapsedMs = Date.now() - Date.parse(instant);
  return elapsedMs < 60_000 ? "just now" : `for ${runtime(elapsedMs)}`;
}
