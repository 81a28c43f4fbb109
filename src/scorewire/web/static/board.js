// What a scoreboard shows of a ScoreState; the same functions as web/board.py, held equal by a test.
import { look, situation } from "./situation.js";
import { humanise, minute } from "./timeline.js";
import { words } from "./words.js";

/**
 * @typedef {{display: string, seconds: number, running: boolean, at?: number}} GameClock
 * @typedef {{id: string, name: string, abbr: string, color?: string,
 *   score: number, red?: number, shootout?: number, note?: string}} SideState
 * @typedef {{game_id: string, epoch: string, seq: number, sport: string, league: {id: string, name?: string},
 *   season?: string, round?: string, start: string, end?: string, venue?: {name: string, tz?: string},
 *   status: string, period?: string, clock?: GameClock, note?: string, home: SideState, away: SideState,
 *   linescore?: Object<string, {home?: number, away?: number}>, detail?: Object<string, any>,
 *   events?: import("./timeline.js").CompactEvent[], under_check?: boolean, updated_at: number}} ScoreState
 */

const HUES = 8;
const ALIKE = 120;
const NEUTRAL = "h7";
const PALE = 150_000;
const OVERRUN_S = 1200;
const CLOCKED = new Set(["live", "interrupted", "suspended", "delayed"]);
const UNCOUNTED = new Set(["shootout", "bonus", "tentative", "points", "players"]);
const PASSING = new Set(["timeouts", "fouls", "reviews", "challenges"]);
const CARDS = ["yellow", "suspensions", "red", "blue"];
const EXTRA = /^(OT|\dOT|A?ET|SD)/;
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const UNDER_WAY = new Set(["live", "break", "interrupted", "suspended", "delayed", "ended"]);
const OVER = new Set(
  ["final", "corrected", "cancelled", "abandoned", "void", "walkover", "forfeited", "awarded", "retired"],
);
const UNKNOWN_SPORT = { ...words.defaults, over: { text: "Final", short: "Final" } };

/** @param {ScoreState} state @param {number} nowMs */
export function board(state, nowMs) {
  const detail = state.detail ?? {};
  const [columns, homeLine, awayLine] = lineScore(state);
  const [short, sub] = shortStatus(state, nowMs);
  const [home, away] = [side(state, "home", detail), side(state, "away", detail)];
  return {
    game_id: state.game_id,
    group: group(state.status),
    short,
    sub,
    status: fullStatus(state),
    clock: clockText(state, nowMs),
    running: runs(state),
    home,
    away,
    columns,
    home_line: homeLine,
    away_line: awayLine,
    totals: totals(state, detail, home.score, away.score),
    situation: told(state, "in_game", "", detail),
    stats: statistics(detail, OVER.has(state.status)),
    review: review(state, detail),
    check: state.under_check ?? false,
  };
}

/** @param {string} status @returns {"live"|"over"|"next"} */
export function group(status) {
  if (status === "ended" || OVER.has(status)) return "over";
  return UNDER_WAY.has(status) ? "live" : "next";
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
  const name = (entry.shorts[label] ?? label) || "Live";
  if (state.note !== undefined) return [name, state.note.replaceAll("-", "–")];
  return [name, entry.minutes ? "" : clockText(state, nowMs)];
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
  delete held[entry.shootout.period];
  if (!Object.keys(held).length) return [[], [], []];
  const regular = regularOf(state, entry);
  const names = new Set(Object.keys(held).map(Number));
  const last = OVER.has(state.status) ? Math.max(...names) : regular;
  for (let name = 1; name <= last; name += 1) names.add(name);
  const sorted = [...names].sort((a, b) => a - b);
  const columns = sorted.map((name) => column(entry, name, regular));
  const [home, away] = ["home", "away"].map((side) => sorted.map((name) => cell(state, entry, held, name, side)));
  const shootout = shootoutOf(state);
  if (shootout) {
    columns.push(entry.shootout.column);
    home.push(String(shootout[0]));
    away.push(String(shootout[1]));
  }
  return [columns, home, away];
}

/** `7`, or `6⁵` where a little figure tells of the points that decided a set. */
function cell(state, entry, held, name, side) {
  const count = String(held[name]?.[side] ?? "");
  if ((look(state.detail, `${entry.turns}.${name}.team`) ?? side) !== side) return "";
  const figure = look(state.detail, `${entry.figures}.${name}.${side}`);
  return count && Number.isInteger(figure) ? count + String(figure).replace(/\d/g, (digit) => RAISED[digit]) : count;
}

function totals(state, detail, home, away) {
  const [[title], ...more] = sportOf(state).totals;
  const counted = more.map(([text, name]) => [
    text,
    String(look(detail, `${name}.home`) || 0),
    String(look(detail, `${name}.away`) || 0),
  ]);
  return [[title, home, away], ...(Object.keys(detail).length ? counted : [])];
}

function statistics(detail, over) {
  const made = [];
  for (const tree of ["stats", "kicks"]) {
    const [home, away] = sides(detail[tree]);
    for (const name of new Set([...Object.keys(home), ...Object.keys(away)])) {
      made.push(stat(name, home[name] ?? 0, away[name] ?? 0));
    }
  }
  const cards = sides(detail.cards);
  for (const name of CARDS) {
    if (name in cards[0] || name in cards[1]) made.push(stat(name, cards[0][name] ?? 0, cards[1][name] ?? 0));
  }
  for (const [name, value] of Object.entries(detail)) {
    const both = pair(value);
    if (both && !UNCOUNTED.has(name) && !(over && PASSING.has(name))) made.push(stat(name, ...both));
  }
  return made;
}

function side(state, name, detail) {
  const [own, other] = name === "home" ? [state.home, state.away] : [state.away, state.home];
  const [badge, paint] = badgeOf(own, other, name);
  const winner = winnerOf(state, detail);
  const score = group(state.status) === "next" ? "" : String(own.score);
  const [listed, aside] = score && own.note ? own.note.split(" (") : [];
  return {
    id: own.id,
    name: nameOf(own),
    abbr: (own.abbr ? own.abbr.slice(0, 4) : (own.name || own.id).slice(0, 3)).toUpperCase(),
    badge,
    paint,
    score,
    won: winner === name,
    lost: winner !== "" && winner !== name,
    marks: own.red ?? 0,
    listed: listed || score,
    pens: aside ? `(${aside}` : own.shootout === undefined ? "" : `(${own.shootout})`,
    notes: told(state, "at_side", name, detail),
  };
}

/** Texts of one place; `current` is the line of the period that is played. */
function told(state, place, side, detail) {
  if (!Object.keys(detail).length && !Object.keys(state.linescore ?? {}).length) return [];
  const names = { home: nameOf(state.home), away: nameOf(state.away) };
  const known = { ...detail, current: state.linescore?.[lastPeriod(state)] ?? {} };
  return situation(sportOf(state)[place], known, side, names, OVER.has(state.status) || state.status === "ended");
}

function nameOf(side) {
  return side.name || side.abbr || side.id;
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

/** `home`, `away`, or empty: by detail where the sport says it there, else by score and shoot-out. */
function winnerOf(state, detail) {
  const rule = sportOf(state).winner;
  if (!OVER.has(state.status)) return "";
  const winner = look(detail, rule.path);
  if (winner === "home" || winner === "away") return winner;
  if (!rule.by_score || state.status === "retired") return "";
  const shootout = shootoutOf(state);
  const level = state.home.score === state.away.score;
  const [mine, theirs] = level && shootout ? shootout : [state.home.score, state.away.score];
  return mine > theirs ? "home" : mine < theirs ? "away" : "";
}

function overShort(state, entry) {
  const kind = ending(state, entry);
  const held = entry[kind === "regular" ? "over" : kind];
  return [held.short, kind === "extra" && !entry.minutes ? extraName(state, entry) : (held.sub ?? "")];
}

function overText(state, entry) {
  const [kind, shootout] = [ending(state, entry), shootoutOf(state)];
  if (kind === "shootout" && shootout) {
    return entry.shootout.text.replace("{home}", shootout[0]).replace("{away}", shootout[1]);
  }
  return entry[kind === "regular" ? "over" : "extra"].text;
}

/** `regular`, `extra` or `shootout`; sports without an entry for extra time have none. */
function ending(state, entry) {
  const label = state.period ?? "";
  if (shootoutOf(state) || (label && label === entry.shootout.label)) return "shootout";
  const regular = regularOf(state, entry);
  const extra = (regular > 0 && lastPeriod(state) > regular) || EXTRA.test(label);
  return extra && entry.extra ? "extra" : "regular";
}

function extraName(state, entry) {
  const [regular, last] = [regularOf(state, entry), lastPeriod(state)];
  return last > regular ? column(entry, last, regular) : "OT";
}

/** Periods of regulation: a sport of quarters may be played in two halves, as its labels tell. */
function regularOf(state, entry) {
  const [label, last] = [state.period ?? "", lastPeriod(state)];
  let halves = /^H\d/.test(label) || (label === "HT" && last < 2);
  const overtime = /^OT(\d*)/.exec(label);
  if (overtime) halves = last <= 2 + Number(overtime[1] || 1);
  return halves && entry.quarters ? 2 : entry.regular;
}

function column(entry, period, regular) {
  const known = period <= regular ? period : period - regular + entry.regular;
  return entry.columns[known] ?? String(period);
}

function lastPeriod(state) {
  return Math.max(0, ...Object.keys(state.linescore ?? {}).map(Number));
}

function review(state, detail) {
  if (!detail.review) return "";
  const title = words.review[state.sport] ?? words.review[""];
  const subject = detail.review;
  if (typeof subject !== "string" || subject === "umpire" || subject === "umpires") return title;
  if (subject === "home" || subject === "away") return `${title}, asked for by ${nameOf(state[subject])}`;
  return `${title}: possible ${subject.replaceAll("_", " ")}`;
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
