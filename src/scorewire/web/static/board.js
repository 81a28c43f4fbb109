// What a scoreboard shows of a ScoreState; the same functions as web/board.py, held equal by a test.
import { humanise, minute } from "./timeline.js";
import { words } from "./words.js";

/**
 * @typedef {{display: string, seconds: number, running: boolean, at?: number}} GameClock
 * @typedef {{id: string, name: string, abbr: string, color?: string,
 *   score: number, red?: number, shootout?: number}} SideState
 * @typedef {{game_id: string, epoch: string, seq: number, sport: string, league: {id: string, name?: string},
 *   season?: string, round?: string, start: string, end?: string, venue?: {name: string, tz?: string},
 *   status: string, period?: string, clock?: GameClock, home: SideState, away: SideState,
 *   linescore?: Object<string, {home?: number, away?: number}>, detail?: Object<string, any>,
 *   events?: import("./timeline.js").CompactEvent[], under_check?: boolean, updated_at: number}} ScoreState
 */

const HUES = 8;
const ALIKE = 120;
const NEUTRAL = "h7";
const PALE = 150_000;
const OVERRUN_S = 1200;
const CLOCKED = new Set(["live", "interrupted", "suspended", "delayed"]);
const UNCOUNTED = new Set(["shootout", "bonus", "tentative"]);
const UNDER_WAY = new Set(["live", "break", "interrupted", "suspended", "delayed", "ended"]);
const OVER = new Set(
  ["final", "corrected", "cancelled", "abandoned", "void", "walkover", "forfeited", "awarded", "retired"],
);
const UNKNOWN_SPORT = {
  clock: "", minutes: false, bases: {}, columns: {}, regular: 0, labels: {}, shorts: {},
  over: { text: "Final", short: "Final" }, extra: { text: "Final", short: "Final" },
};

/** @param {ScoreState} state @param {number} nowMs */
export function board(state, nowMs) {
  const detail = state.detail ?? {};
  const [columns, homeLine, awayLine] = lineScore(state);
  const [short, sub] = shortStatus(state, nowMs);
  return {
    game_id: state.game_id,
    group: group(state.status),
    short,
    sub,
    status: fullStatus(state),
    clock: clockText(state, nowMs),
    running: runs(state),
    home: side(state, "home", state.home, state.away, detail),
    away: side(state, "away", state.away, state.home, detail),
    columns,
    home_line: homeLine,
    away_line: awayLine,
    stats: statistics(detail, OVER.has(state.status)),
    review: review(state.sport, detail),
    check: state.under_check ?? false,
  };
}

/** @param {string} status @returns {"live"|"over"|"next"} */
export function group(status) {
  return UNDER_WAY.has(status) ? "live" : OVER.has(status) ? "over" : "next";
}

/** @param {string} teamId FNV-1a, 32 bits */
export function hue(teamId) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(teamId)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value % HUES;
}

/** @param {ScoreState} state @param {number} nowMs @returns {number|undefined} */
export function clockSeconds(state, nowMs) {
  const clock = state.clock;
  if (!clock) return undefined;
  if (!runs(state) || clock.at === undefined) return clock.seconds;
  const elapsed = Math.max(0, Math.floor((nowMs - clock.at) / 1000));
  if (sportOf(state).clock === "down") return Math.max(0, clock.seconds - elapsed);
  const base = baseOf(state);
  const limit = base ? base * 60 + OVERRUN_S : clock.seconds + OVERRUN_S;
  return Math.min(clock.seconds + elapsed, Math.max(limit, clock.seconds));
}

/** @param {ScoreState} state @param {number} nowMs */
export function clockText(state, nowMs) {
  const seconds = clockSeconds(state, nowMs);
  if (seconds === undefined || !CLOCKED.has(state.status)) return "";
  if (!runs(state)) return state.clock.display;
  const base = baseOf(state);
  if (base && seconds >= base * 60) return `${base}+${minutesAndSeconds(seconds - base * 60)}`;
  return minutesAndSeconds(seconds);
}

function minutesAndSeconds(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {ScoreState} state @param {number} nowMs @returns {[string, string]} */
export function shortStatus(state, nowMs) {
  const entry = sportOf(state);
  const label = state.period ?? "";
  if (isResult(state.status)) return overShort(state, entry);
  if (state.status === "break") return [(entry.shorts[label] ?? label) || "Break", ""];
  if (state.status !== "live") return [words.statuses[state.status]?.short ?? humanise(state.status), ""];
  if (entry.minutes && label in entry.bases) {
    const seconds = clockSeconds(state, nowMs);
    return [seconds === undefined ? label : minute(seconds, baseOf(state)), ""];
  }
  return [(entry.shorts[label] ?? label) || "Live", entry.minutes ? "" : clockText(state, nowMs)];
}

function fullStatus(state) {
  const entry = sportOf(state);
  const label = state.period ?? "";
  if (isResult(state.status)) {
    const note = { ended: ", to be confirmed", corrected: ", corrected" }[state.status] ?? "";
    return overText(state, entry) + note;
  }
  if ((state.status === "live" || state.status === "break") && label) {
    const text = entry.labels[label] ?? label;
    const shootout = shootoutOf(state);
    return shootout ? `${text}, ${shootout[0]}–${shootout[1]}` : text;
  }
  return words.statuses[state.status]?.text ?? humanise(state.status);
}

function lineScore(state) {
  const entry = sportOf(state);
  const held = { ...state.linescore };
  if (entry.minutes) delete held["5"];
  if (!Object.keys(held).length) return [[], [], []];
  const names = new Set(Object.keys(held).map(Number));
  const regular = regularOf(state, entry);
  for (let name = 1; name <= regular; name += 1) names.add(name);
  const sorted = [...names].sort((a, b) => a - b);
  const columns = sorted.map((name) => column(entry, name, regular));
  const home = sorted.map((name) => String(held[name]?.home ?? ""));
  const away = sorted.map((name) => String(held[name]?.away ?? ""));
  const shootout = shootoutOf(state);
  if (shootout && entry.minutes) {
    columns.push("Pens");
    home.push(String(shootout[0]));
    away.push(String(shootout[1]));
  }
  return [columns, home, away];
}

function statistics(detail, over) {
  const made = [];
  const [home, away] = sides(detail.stats);
  for (const name of new Set([...Object.keys(home), ...Object.keys(away)])) {
    made.push(stat(name, home[name] ?? 0, away[name] ?? 0));
  }
  const cards = sides(detail.cards);
  for (const name of ["yellow", "red"]) {
    if (name in cards[0] || name in cards[1]) made.push(stat(name, cards[0][name] ?? 0, cards[1][name] ?? 0));
  }
  for (const [name, value] of Object.entries(detail)) {
    const both = pair(value);
    if (both && !over && !UNCOUNTED.has(name)) made.push(stat(name, ...both));
  }
  return made;
}

function side(state, name, own, other, detail) {
  const over = OVER.has(state.status);
  const [mine, theirs] = standing(own, other);
  const [badge, paint] = badgeOf(own, other, name);
  return {
    id: own.id,
    name: own.name || own.abbr || own.id,
    abbr: (own.abbr ? own.abbr.slice(0, 4) : (own.name || own.id).slice(0, 3)).toUpperCase(),
    badge,
    paint,
    score: group(state.status) === "next" ? "" : String(own.score),
    won: over && mine > theirs,
    lost: over && mine < theirs,
    marks: own.red ?? 0,
    pens: own.shootout === undefined ? "" : `(${own.shootout})`,
    possession: !over && detail.possession === name,
    bonus: !over && Boolean(detail.bonus?.[name]),
  };
}

/** @returns {[string, string]} class and colour; the home side keeps its colour where the two are alike */
function badgeOf(own, other, name) {
  const [paint, theirs] = [paintOf(own), paintOf(other)];
  if (paint && theirs && name === "away" && distance(paint, theirs) < ALIKE) return [NEUTRAL, ""];
  if (paint) {
    const [red, green, blue] = rgb(paint);
    return [299 * red + 587 * green + 114 * blue > PALE ? "pale" : "deep", paint];
  }
  const colour = hue(own.id);
  return [`h${name === "away" && colour === hue(other.id) ? (colour + 3) % HUES : colour}`, ""];
}

function paintOf(side) {
  return /^#[0-9a-f]{6}$/i.test(side.color ?? "") ? side.color.toLowerCase() : "";
}

function rgb(paint) {
  return [1, 3, 5].map((at) => parseInt(paint.slice(at, at + 2), 16));
}

function distance(one, other) {
  const theirs = rgb(other);
  return rgb(one).reduce((sum, value, at) => sum + Math.abs(value - theirs[at]), 0);
}

function standing(own, other) {
  const decided = own.score === other.score && own.shootout !== undefined && other.shootout !== undefined;
  return decided ? [own.shootout, other.shootout] : [own.score, other.score];
}

function overShort(state, entry) {
  const kind = ending(state, entry);
  if (kind === "shootout") return ["Pens", ""];
  if (kind === "regular") return [entry.over.short, ""];
  return [entry.extra.short, entry.minutes ? "" : extraName(state, entry)];
}

function overText(state, entry) {
  const kind = ending(state, entry);
  const shootout = shootoutOf(state);
  if (kind === "shootout" && shootout) return `${shootout[0]}–${shootout[1]} on penalties`;
  return (kind === "regular" ? entry.over : entry.extra).text;
}

function ending(state, entry) {
  const label = state.period ?? "";
  if (label === "PEN" || shootoutOf(state)) return "shootout";
  const regular = regularOf(state, entry);
  const extra = (regular > 0 && lastPeriod(state) > regular) || label === "AET" || /^(OT|ET)/.test(label);
  return extra ? "extra" : "regular";
}

function extraName(state, entry) {
  const [regular, last] = [regularOf(state, entry), lastPeriod(state)];
  return last > regular ? column(entry, last, regular) : "OT";
}

/** Periods of regulation: a sport of quarters may be played in two halves, as its labels tell. */
function regularOf(state, entry) {
  const [label, last] = [state.period ?? "", lastPeriod(state)];
  let halves = /^H\d/.test(label) || (label === "HT" && last < 2);
  if (label.startsWith("OT")) halves = last <= 2 + Number.parseInt(label.slice(2), 10);
  return halves && entry.quarters ? 2 : entry.regular;
}

function column(entry, period, regular) {
  const known = period <= regular ? period : period - regular + entry.regular;
  return entry.columns[known] ?? String(period);
}

function lastPeriod(state) {
  return Math.max(0, ...Object.keys(state.linescore ?? {}).map(Number));
}

function review(sport, detail) {
  if (!detail.review) return "";
  const title = words.review[sport] ?? words.review[""];
  return typeof detail.review === "string" ? `${title}: possible ${detail.review.replaceAll("_", " ")}` : title;
}

function isResult(status) {
  return status === "final" || status === "corrected" || status === "ended";
}

function sportOf(state) {
  return words.sports[state.sport] ?? UNKNOWN_SPORT;
}

function runs(state) {
  return Boolean(state.clock?.running && state.status === "live" && sportOf(state).clock);
}

function baseOf(state) {
  const entry = sportOf(state);
  return entry.minutes ? (entry.bases[state.period] ?? 0) : 0;
}

function stat(name, home, away) {
  const total = home + away;
  const share = total ? Math.floor((home * 200 + total) / (2 * total)) : 50;
  return { label: words.stats[name] ?? humanise(name), home, away, share };
}

function shootoutOf(state) {
  const { home, away } = state;
  return home.shootout === undefined || away.shootout === undefined ? undefined : [home.shootout, away.shootout];
}

function pair(value) {
  if (value === null || typeof value !== "object" || !Object.keys(value).length) return undefined;
  if (!Object.keys(value).every((name) => name === "home" || name === "away")) return undefined;
  const both = [value.home ?? 0, value.away ?? 0];
  return both.every(Number.isInteger) ? both : undefined;
}

function sides(value) {
  return ["home", "away"].map((name) =>
    Object.fromEntries(Object.entries(value?.[name] ?? {}).filter(([, count]) => Number.isInteger(count))),
  );
}
