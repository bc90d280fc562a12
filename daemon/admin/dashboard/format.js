// Numbers as text.

function scaled(value, step, units, gap) {
  let unit = 0;
  while (value >= step && unit + 1 < units.length) {
    value /= step;
    unit += 1;
  }
  const digits = value >= 100 || Number.isInteger(value) ? 0 : 1;
  return value.toFixed(digits) + gap + units[unit];
}

export const number = (value) => Number(value || 0);
export const count = (value) => scaled(value, 1000, ["", "k", "M", "G", "T"], "");
export const bytes = (value) => scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB"], " ");
export const percent = (value) => `${Math.round(100 * value)} %`;
export const perSecond = (text) => (value) => (Number.isNaN(value) ? "–" : `${text(value)}/s`);
export const exact = (value) => Number(value).toLocaleString("en");

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds === 0) return "0";
  if (seconds < 1e-3) return `${Math.round(seconds * 1e6)} µs`;
  if (seconds < 1) return `${Number((seconds * 1e3).toPrecision(3))} ms`;
  return `${Number(seconds.toPrecision(3))} s`;
}

// A request took at most this time: the bound of its histogram's bucket.
export const atMost = (seconds) => (Number.isFinite(seconds) ? `≤ ${duration(seconds)}` : "–");

const two = (value) => String(Math.floor(value)).padStart(2, "0");

export function uptime(seconds) {
  const days = Math.floor(seconds / 86400);
  const time = `${two(seconds / 3600 % 24)}:${two(seconds / 60 % 60)}:${two(seconds % 60)}`;
  return days ? `${days}d ${time}` : time;
}

export function age(seconds) {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}

export function timeOfDay(unixSeconds, withSeconds = true) {
  const time = new Date(unixSeconds * 1000);
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return withSeconds ? `${minutes}:${two(time.getSeconds())}` : minutes;
}
