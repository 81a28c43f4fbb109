// What the widget says of a state: pure functions. web/board.py and web/timeline.py say the same, and tests hold them equal.
import { words } from "./live-score-words.js";

/** @typedef {import("./protocol.js").ScoreState} ScoreState */

const OVERRUN_S = 1200;

export const isLive = ({ status }) => /live|break|int|susp|delay|ended/.test(status);
export const isNext = ({ status }) => /sched|pre|post/.test(status);
export const nameOf = (side) => side.name || side.abbr || side.id;

/** `67'`, `HT`, `Q3 4:12`, `Final OT`: what web/board.py writes beside a row of a list. @param {ScoreState} state */
export function statusOf(state, now) {
  const own = words.sports[state.sport] ?? {};
  const { period: label = "", status, clock, note } = state;
  if (/final|corr|ended/.test(status)) return resultOf(state, own, label);
  if (isNext(state) && status !== "postponed") return "";
  const name = own.shorts?.[label] ?? words.rules.reduce((text, [from, to]) => text.replace(new RegExp(from), to), label);
  if (status !== "live") return (status === "break" && name) || status[0].toUpperCase() + status.slice(1);
  const base = own.bases?.[label];
  const seconds = clock && secondsOf(clock, own.clock, base, now);
  if (base) return clock ? minuteOf(seconds, base) : label;
  const shown = own.bases || !clock ? "" : own.clock && clock.running ? twoOf(seconds) : clock.display;
  return `${name || "Live"} ${note?.replaceAll("-", "–") ?? shown}`.trim();
}

function secondsOf(clock, way, base, now) {
  if (!clock.running || !way || !clock.at) return clock.seconds;
  const since = Math.max(0, Math.floor((now - clock.at) / 1000));
  if (way === "down") return Math.max(0, clock.seconds - since);
  return Math.min(clock.seconds + since, Math.max(clock.seconds, (base ? base * 60 : clock.seconds) + OVERRUN_S));
}

function twoOf(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function minuteOf(seconds, base) {
  const over = seconds - base * 60;
  return `${over < 0 ? "" : `${base}+`}${Math.floor((over < 0 ? seconds : over) / 60) + 1}'`;
}

function resultOf({ home, linescore }, own, label) {
  const [shootout, kicks] = own.shootout ?? [];
  if (kicks && (home.shootout !== undefined || label === shootout)) return kicks;
  const last = Math.max(0, ...Object.keys(linescore ?? {}));
  // A label tells the number of an overtime even where halves were played instead of quarters.
  const more = /^OT(\d)/.exec(label)?.[1] ?? last - own.regular;
  if (!own.extra || !(more > 0 || /^(\d?OT|A?ET|SD)/.test(label))) return own.over ?? "Final";
  return own.extra.replace("#", own.clock ? (more > 1 ? more : "") : last);
}

/** Key events, newest first, with what is struck; a correction that was itself taken back strikes nothing. */
export function eventsOf(state, count) {
  const [told, struck, own] = [[], new Set(), words.events[state.sport]];
  for (const event of [...(state.events ?? [])].reverse()) {
    if (event.corrects && (!struck.has(event.seq) || event.type === "AMEND")) struck.add(event.corrects);
    const plain = words.plain.includes(` ${event.type} `) && event.type[0] + event.type.slice(1).toLowerCase().replaceAll("_", " ");
    const text = own?.[event.type] ?? words.events.all[event.type] ?? plain;
    if (text && told.length < count) told.push([event, text, struck.has(event.seq)]);
  }
  return told;
}

export function momentOf({ sport }, { period, clock = "" }) {
  const { bases, turn, regular } = words.sports[sport] ?? {};
  const [minutes, added] = clock.split(/[+:]/);
  const base = bases && Object.values(bases)[period - 1];
  if (bases) return base && clock ? (clock.includes("+") ? `${minutes}+${+added + 1}'` : minuteOf(minutes * 60, base)) : "";
  return `${turn ? (period > regular ? "OT" : turn + period) : ""} ${clock}`.trim();
}
