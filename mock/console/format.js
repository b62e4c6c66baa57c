// How times, sizes and numbers read.

import {now} from "./session.js";

const clock = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit"});
const day = new Intl.DateTimeFormat(undefined, {day: "numeric", month: "short"});
const full = new Intl.DateTimeFormat(undefined, {dateStyle: "medium", timeStyle: "medium"});
const numbers = new Intl.NumberFormat();

// shortTime is a time of day, or a date when it was another day of the project.
export function shortTime(text) {
  const time = new Date(text);
  const today = now();
  if (time.toDateString() === today.toDateString()) return clock.format(time);
  return day.format(time) + (time.getFullYear() === today.getFullYear() ? "" : " " + time.getFullYear());
}

export function fullTime(text) { return full.format(new Date(text)); }

export function number(n) { return numbers.format(n); }

// size writes bytes: 512 B, 1.2 KB, 3.4 MB.
export function size(bytes) {
  if (bytes < 1000) return bytes + " B";
  const [divisor, unit] = bytes < 1e6 ? [1e3, "KB"] : [1e6, "MB"];
  const n = bytes / divisor;
  return (n < 10 ? n.toFixed(1) : Math.round(n)) + " " + unit;
}

// milliseconds writes a duration of a call.
export function milliseconds(ms) {
  if (ms < 0.1) return "< 0.1 ms";
  if (ms < 1000) return (ms < 10 ? ms.toFixed(1) : Math.round(ms)) + " ms";
  return (ms / 1000).toFixed(1) + " s";
}

// from says how far a time is from another: in 2 h, 3 d ago.
export function distance(text, base = now()) {
  const ms = new Date(text) - base;
  const parts = span(Math.abs(ms));
  return ms >= 0 ? "in " + parts : parts + " ago";
}

// span writes a duration by its two largest units: 1 d 2 h.
export function span(ms) {
  const units = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]];
  const parts = [];
  for (const [unit, length] of units) {
    const n = Math.floor(ms / length);
    ms -= n * length;
    if (n > 0) parts.push(`${n} ${unit}`);
    if (parts.length === 2) break;
  }
  return parts.join(" ") || "0 s";
}

// short cuts off what is long enough to make the window slow.
export function short(text, length = 500) { return text.length > length ? text.slice(0, length) + "…" : text; }

// many counts: many(1, "mail"), many(2, "mail").
export function many(n, word) { return `${number(n)} ${word}${n === 1 ? "" : "s"}`; }
