// The lines of a game's timeline; the same functions as web/timeline.py, held equal by a test.
import { stretches } from "./points.js";
import { words } from "./words.js";

/**
 * @typedef {{seq: number, type: string, team?: "home"|"away", player?: string, period?: number,
 *   clock?: string, corrects?: number, detail?: Object<string, string|number|boolean>}} CompactEvent
 * @typedef {{seq: number, when: string, icon: string, weight: string, key: boolean, side: string,
 *   title: string, who: string, notes: string, score: string, struck: string}} Line
 */

/** Between the points of a list of them: a line breaks after a dash, and never here. */
const DASH = "\u2060–\u2060";

/** @param {string} name @returns {string} `FREE_KICK_WON` reads "Free kick won" */
export function humanise(name) {
  const text = name.replaceAll("_", " ").trim().toLowerCase();
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** @param {string} sport @param {string} type */
export function eventWords(sport, type) {
  const known = words.events[sport]?.[type] ?? words.events[""][type];
  if (known) return known;
  const weight = type.endsWith("_CANCELLED") ? "correction" : "play";
  return { text: humanise(type), icon: "dot", weight };
}

/**
 * @param {string} sport @param {CompactEvent[]} events oldest first
 * @param {number} home @param {number} away
 * @param {import("./board.js").ScoreState=} state the one that holds the newest of them: for the points of sets,
 *   and for a period that its line score leaves out, which may be one apart, as a super over is
 * @returns {Line[]} newest first
 */
export function lines(sport, events, home, away, state) {
  const struck = struckLines(events);
  const story = {
    sport,
    state,
    struck,
    bySeq: new Map(events.map((event) => [event.seq, event])),
    scores: runningScores(sport, events, struck, home, away),
  };
  const [told, within] = state ? stretches(state, [...standing(events, struck)]) : [new Map(), new Set()];
  const made = [];
  for (const event of [...events].reverse()) {
    if (within.has(event.seq)) continue;
    const entry = eventWords(sport, event.type);
    const stretch = told.get(event.seq);
    if (stretch && !(stretch.points.length === 1 && struck.has(event.seq))) made.push(stretchLine(story, event, stretch));
    else if (entry.weight !== "quiet") made.push(line(story, event, entry));
  }
  return made;
}

function line({ sport, state, struck, bySeq, scores }, event, entry) {
  const period = periodKey(sport, event.period, state?.linescore);
  return {
    seq: event.seq,
    when: moment(sport, period, event.clock || clockOf(sport, event)),
    icon: entry.icon,
    weight: entry.weight,
    key: words.key_weights.includes(entry.weight),
    side: event.team ?? "",
    title: title(sport, event, entry, bySeq, period),
    who: event.player ? (entry.who ?? "{}").replace("{}", () => event.player) : "",
    notes: entry.plain ? "" : notes(sport, event.detail ?? {}),
    score: (event.type === "SCORE_SET" && stated(event.detail)) || (scores.get(event.seq) ?? ""),
    struck: struck.get(event.seq) ?? "",
  };
}

/** A game of tennis with its points, or a rally with the score of its set after it. */
function stretchLine({ sport, state }, event, { call, period, side, score, points }) {
  const entry = eventWords(sport, "POINT");
  const { calls, points_by } = words.sports[sport];
  const alone = points_by === "set";
  const weight = call === "set" || call === "match" ? "key" : entry.weight;
  const told = points.map(([point, text]) =>
    [text.replace("–", DASH), notes(sport, point.detail ?? {})].filter(Boolean).join("\u00a0"),
  );
  return {
    seq: event.seq,
    when: moment(sport, period, points.length > 1 ? undefined : event.clock),
    icon: entry.icon,
    weight,
    key: words.key_weights.includes(weight),
    side,
    title: calls[call],
    who: (alone ? event.player : side && state[side].name) ?? "",
    notes: alone ? notes(sport, points.at(-1)[0].detail ?? {}) : told.filter(Boolean).join("\u00a0· "),
    score,
    struck: "",
  };
}

/** @param {CompactEvent[]} events @returns {Map<number, string>} seq to the word beside it */
export function struckLines(events) {
  const struck = new Map();
  for (const event of [...events].reverse()) {
    if (event.corrects === undefined) continue;
    if (struck.has(event.seq)) {
      if (event.type === "AMEND") struck.set(event.corrects, struck.get(event.seq));
    } else if (!struck.has(event.corrects)) {
      struck.set(event.corrects, words.struck[event.type] ?? words.struck[""]);
    } else if (event.type === "AMEND") {
      struck.set(event.seq, struck.get(event.corrects));
    }
  }
  return struck;
}

/** @param {CompactEvent[]} events @param {Map<number, string>} struck */
function* standing(events, struck) {
  const roots = new Map();
  const newest = new Map();
  for (const event of events) {
    if (event.type === "AMEND" && event.corrects !== undefined) {
      roots.set(event.seq, roots.get(event.corrects) ?? event.corrects);
      newest.set(roots.get(event.seq), event);
    }
  }
  for (const event of events) {
    if (event.type === "AMEND" || (struck.get(event.seq) ?? words.struck.AMEND) !== words.struck.AMEND) continue;
    const version = newest.get(event.seq) ?? event;
    yield { seq: event.seq, type: String(version.detail?.type ?? event.type), event: version };
  }
}

function runningScores(sport, events, struck, home, away) {
  const sides = { home: 0, away: 0 };
  const scores = new Map();
  for (const { seq, type, event } of standing(events, struck)) {
    if (type === "SCORE_SET" && stated(event.detail)) {
      const { home: said, away: other } = event.detail;
      if (said !== sides.home || other !== sides.away) scores.clear(); // what was counted before it may be wrong
      Object.assign(sides, { home: said, away: other });
      continue;
    }
    const { points = 0, points_in } = eventWords(sport, type);
    const told = event.detail?.[points_in];
    if (points && event.team) sides[event.team] += Number.isInteger(told) ? told : points;
    else if (type !== "PERIOD_END" && type !== "GAME_END") continue;
    scores.set(seq, `${sides.home}–${sides.away}`);
  }
  return sides.home === home && sides.away === away ? scores : new Map();
}

/** The score that a feed states without saying how it came about. */
function stated(detail = {}) {
  return Number.isInteger(detail.home) && Number.isInteger(detail.away) ? `${detail.home}–${detail.away}` : "";
}

/** @param {string} sport @param {CompactEvent[]} events @returns {{side: string, name: string, goals: string}[]} */
export function scorers(sport, events) {
  if (!words.sports[sport]?.minutes) return [];
  const goals = new Map();
  for (const { type, event } of standing(events, struckLines(events))) {
    if (type !== "GOAL" || !event.team || !event.player) continue;
    const mark = event.detail?.penalty ? " (P)" : event.detail?.own_goal ? " (OG)" : "";
    const name = `${event.team} ${event.player}`;
    if (!goals.has(name)) goals.set(name, { side: event.team, name: event.player, goals: [] });
    goals.get(name).goals.push(`${moment(sport, event.period, event.clock)}${mark}`.trim());
  }
  return [...goals.values()].map((one) => ({ ...one, goals: one.goals.filter(Boolean).join(", ") }));
}

/** Under what a period is found among the words: `3+` for one that stands apart from the line score. */
function periodKey(sport, period, linescore) {
  const apart = `${period}+`;
  const known = words.sports[sport]?.periods ?? {};
  return linescore && !(period in linescore) && apart in known ? apart : period;
}

/** @param {string} sport @param {number|string=} period @param {string=} clock @returns {string} `45+2'`, `Q3 4:12` */
export function moment(sport, period, clock) {
  const entry = words.sports[sport] ?? {};
  if (entry.minutes) {
    const base = entry.period_bases[period];
    if (base === undefined) return period === Object.keys(entry.period_bases).length + 1 ? "Pens" : "";
    return clock === undefined ? "" : clockMinute(clock, base);
  }
  return `${entry.moments?.[period] ?? (period || "")} ${clock ?? ""}`.trim();
}

/** Where in its period a line is, in sports that count something else than time: the over. */
function clockOf(sport, event) {
  return event.detail?.[words.sports[sport]?.clock_in];
}

/** @param {number} seconds @param {number} base minutes after which added time counts */
export function minute(seconds, base) {
  if (base && seconds >= base * 60) return `${base}+${Math.floor((seconds - base * 60) / 60) + 1}'`;
  return `${Math.floor(seconds / 60) + 1}'`;
}

function clockMinute(clock, base) {
  const [whole, added] = clock.split("+");
  if (added) return `${whole}+${parseInt(added, 10) + (added.includes(":") ? 1 : 0)}'`;
  const [minutes, seconds] = clock.split(":");
  return seconds === undefined ? `${minutes}'` : minute(parseInt(minutes, 10) * 60 + parseInt(seconds, 10), base);
}

/** @param {string} sport @param {Object<string, string|number|boolean>} detail */
export function notes(sport, detail) {
  const told = [];
  const own = words.sports[sport]?.details ?? {};
  for (const [name, value] of Object.entries(detail)) {
    const entry = own[name] ?? words.details[name];
    let text = entry;
    if (entry === undefined) text = name.endsWith("_id") || value === false ? "" : unknown(name, value);
    else if (typeof entry === "object") text = entry[String(value)] ?? entry[""] ?? "";
    text = text.replace("{}", () => String(value).replaceAll("_", " "));
    if (text) told.push(text);
  }
  return told.join(", ");
}

function unknown(name, value) {
  const label = humanise(name).toLowerCase();
  return value === true ? label : `${label}: {}`;
}

function title(sport, event, entry, bySeq, period) {
  const text = entry.text;
  if (text.includes("{period}")) {
    const name = words.sports[sport]?.periods[period] ?? `period ${period ?? ""}`;
    const told = text.replace("{period}", name).trim();
    return told.slice(0, 1).toUpperCase() + told.slice(1);
  }
  if (text.includes("{corrected}")) {
    const target = bySeq.get(event.corrects);
    const known = event.detail?.type ?? target?.detail?.type ?? target?.type;
    const what = known ? eventWords(sport, String(known)).text : "an earlier event";
    return text.replace("{corrected}", what.replace(" {period}", " period").toLowerCase());
  }
  return text;
}
