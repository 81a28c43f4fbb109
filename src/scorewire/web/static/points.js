// The running score of tennis and volleyball, counted from the points; the same as web/points.py.
import { look } from "./situation.js";
import { words } from "./words.js";

/**
 * @typedef {import("./timeline.js").CompactEvent} CompactEvent
 * @typedef {{call: "game"|"set"|"match"|"open"|"left", period: number, side: string, score: string,
 *   points: [CompactEvent, string][]}} Stretch points that are told in one line
 */

const NAMES = ["0", "15", "30", "40"];
const MARGINS = [2, 1];
const RESULTS = new Set(["ended", "final", "corrected"]);
const UNDER_WAY = new Set(["live", "break", "interrupted", "suspended", "delayed", "ended"]);

/**
 * @param {import("./board.js").ScoreState} state
 * @param {{seq: number, type: string, event: CompactEvent}[]} standing all that counts, in order
 * @returns {[Map<number, Stretch>, Set<number>]} by the seq of the newest point; and what is told within another
 */
export function stretches(state, standing) {
  const by = words.sports[state.sport]?.points_by;
  if (!by || !Object.keys(state.linescore ?? {}).length) return [new Map(), new Set()];
  const points = standing.filter(({ type, event }) => (type === "POINT" || type === "GAME_PENALTY") && event.team);
  let best = [];
  for (const margin of by === "game" ? MARGINS : [0]) {
    const told = counted(state, points, margin);
    if (told.length > best.length) best = told;
  }
  const within = new Set(best.flatMap(([seqs]) => seqs.slice(0, -1)));
  return [new Map(best.map(([seqs, stretch]) => [seqs.at(-1), stretch])), within];
}

function counted(state, points, margin) {
  const sets = setsOf(state);
  let current = 1;
  for (const { seq, type, event } of points) {
    const one = sets.get(event.period || current);
    if (!one || isDone(one)) continue;
    if (margin) play(one, seq, type, event, margin);
    else rally(one, seq, event);
    current = one.period + (isDone(one) && sets.has(one.period + 1) ? 1 : 0);
  }
  const last = Math.max(0, ...sets.keys());
  const told = [];
  for (const one of sets.values()) {
    if (!same(one.games, one.line) || !meets(state, one)) continue;
    if (one.decided && one.told.length) {
      const [seqs, end] = one.told.pop();
      one.told.push([seqs, { ...end, call: RESULTS.has(state.status) && one.period === last ? "match" : "set" }]);
    } else if (one.open.length) {
      const call = UNDER_WAY.has(state.status) ? "open" : "left";
      one.told.push(closed(one, { call, period: one.period, side: "", score: one.open.at(-1)[2] }));
    }
    told.push(...one.told);
  }
  return told;
}

function setsOf(state) {
  const held = state.linescore ?? {};
  const detail = state.detail ?? {};
  const periods = Object.keys(held).map(Number).sort((a, b) => a - b);
  const last = Math.max(0, ...periods);
  const playing = state.period === `S${last}` && !RESULTS.has(state.status) ? last : 0;
  return new Map(
    periods.map((period) => {
      const tiebreak = look(detail, `tiebreaks.${period}`);
      const made = {
        period,
        line: pair(held[period]),
        decided: period !== playing,
        tiebreak: tiebreak && typeof tiebreak === "object" ? pair(tiebreak) : undefined,
        inTiebreak: period === playing && "tiebreak" in detail,
        games: [0, 0],
        points: [0, 0],
        open: [],
        told: [],
      };
      return [period, made];
    }),
  );
}

function pair({ home = 0, away = 0 }) {
  return [home, away];
}

function isDone(one) {
  return one.decided && same(one.games, one.line);
}

/** Whether the game that is open has come to the points that the state shows. */
function meets(state, one) {
  if (one.decided) return !one.open.length;
  const { home, away } = state.detail?.points ?? {};
  if (typeof home !== "string" || typeof away !== "string") return true;
  return (one.open.at(-1)?.[2] ?? "0–0") === `${home}–${away}`;
}

function rally(one, seq, event) {
  one.games = plus(one.games, event);
  const score = one.games.join("–");
  one.told.push([[seq], { call: "game", period: one.period, side: event.team, score, points: [[event, score]] }]);
}

/** A point of tennis, or a game given as a penalty. */
function play(one, seq, type, event, margin) {
  one.points = plus(one.points, event);
  const tiebreak = isTiebreak(one);
  const [home, away] = one.points;
  const won =
    type === "GAME_PENALTY" ||
    (tiebreak && one.decided
      ? same(one.points, one.tiebreak)
      : !tiebreak && Math.max(home, away) >= NAMES.length && Math.abs(home - away) >= margin);
  one.open.push([seq, event, won ? "" : called(one.points, tiebreak)]);
  if (!won) return;
  one.games = plus(one.games, event);
  one.points = [0, 0];
  one.told.push(closed(one, { call: "game", period: one.period, side: event.team, score: one.games.join("–") }));
  one.open = [];
}

function closed(one, stretch) {
  const points = one.open.map(([, event, text]) => [event, text]);
  return [one.open.map(([seq]) => seq), { ...stretch, points }];
}

/** A tie-break that was never finished (a player gave up in it) is not in the line of its set. */
function isTiebreak(one) {
  const played = one.games[0] + one.games[1];
  const all = one.line[0] + one.line[1];
  if (!one.tiebreak) return one.inTiebreak && played === all;
  return played === all - (one.decided && one.line[0] !== one.line[1] ? 1 : 0);
}

/** The points as the umpire calls them, home first. */
function called([home, away], tiebreak) {
  if (tiebreak) return `${home}–${away}`;
  if (Math.max(home, away) < NAMES.length) return `${NAMES[home]}–${NAMES[away]}`;
  if (home === away) return "40–40";
  return home > away ? "AD–40" : "40–AD";
}

function plus([home, away], event) {
  return event.team === "home" ? [home + 1, away] : [home, away + 1];
}

function same(one, other) {
  return one[0] === other?.[0] && one[1] === other?.[1];
}
