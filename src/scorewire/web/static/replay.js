// The page on which a game is played back. The stream is that of the node's own playback, read by the client that
// follows games; pausing closes it, seeking opens another from there. Nothing is shown that has not been played.
import { Announcer, sentence } from "./announce.js";
import { board } from "./board.js";
import { zone } from "./chosen.js";
import { paintBar, placeOf } from "./playbar.js";
import * as scores from "./scores.js";
import { replay } from "./scorewire.js";
import { eventWords, lines, moment, scorers } from "./timeline.js";
import { words } from "./words.js";

const SPOKEN_SPEED_MAX = 5; // Faster than this no screen reader could follow what is said.
const SEEK_MS = 120;
const MOVE_MS = 200;
const HIDDEN_MS = 60_000;
const CLOCK = /^(\d{1,3})(?::00)?(?:\+(\d{1,2}))?(?::(\d{2}))?(?:\.\d+)?$/;

const data = JSON.parse(document.getElementById("data").textContent);
const root = document.getElementById("game");
const [hero, list, slider, svg] = [root.querySelector("[data-hero]"), ...["lines", "seek", "playbar"].map((id) => document.getElementById(id))];
const [button, speeds, place] = ["play", "speeds", "place"].map((id) => document.getElementById(id));
const gameId = root.dataset.game;
const path = `/v1/games/${encodeURIComponent(gameId)}`;
const own = `/game/${encodeURIComponent(gameId)}/replay`;

/** @typedef {{seq: number, at: number, home: number, away: number, key: boolean, type: string, team: string,
 *   player: string, period: number, clock: string}} Row */
/** @type {Row[]} */
const rows = data.rows.map(([seq, at, home, away, key, type, team, player, period, clock]) => ({ seq, at, home, away, key, type, team, player, period, clock }));
/** What is known of rows beyond the fifty of a state; only what has been played is ever shown. */
const known = new Map(data.events.map((event) => [event.seq, event]));
const announcer = new Announcer(document.getElementById("said"));

let state = data.state;
let shown = board(state, state.updated_at);
let length = data.length;
let at = rowAt(state.seq).at;
let speed = Number(speeds.querySelector("input:checked").value);
let playing; // the stream, while there is one
let heard = { at, ms: performance.now() };
let seeking = 0;
let aim = state.seq; // the row that is on its way

function rowAt(seq) {
  return rows[Math.min(seq, rows.length) - 1] ?? { at: 0, home: 0, away: 0 };
}

/** The last row that is due by a time of the playback. */
function seqAt(time) {
  let [low, high] = [1, rows.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (rows[middle - 1].at <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** A row that was played after the page was made: the game goes on. */
function extend({ state: next, event, ts }, before) {
  for (let seq = rows.length + 1; seq <= next.seq; seq += 1) {
    const gap = Math.min(Math.max((ts ?? next.updated_at) - before.updated_at, 0), 30_000);
    const { type = "", team = "", player = "", period = 0, clock = "" } = event ?? {};
    const key = words.key_weights.includes(eventWords(next.sport, type).weight);
    rows.push({ seq, at: rowAt(seq - 1).at + gap, home: next.home.score, away: next.away.score, key, type, team, player, period, clock });
  }
  length = Math.max(length, rows.at(-1).at);
  slider.max = length;
}

/** The state with its clock at the newest row that has one: that of a recording posted at once would stand still. */
function clocked() {
  if (!state.clock?.running) return state;
  const display = rows.slice(0, state.seq).findLast(({ clock }) => clock)?.clock ?? "";
  const [, base, added, seconds] = CLOCK.exec(display) ?? [];
  if (base === undefined) return state;
  const clock = { ...state.clock, display, seconds: (Number(base) + Number(added ?? 0)) * 60 + Number(seconds ?? 0), at: state.updated_at };
  return { ...state, clock };
}

function events() {
  for (const event of state.events ?? []) known.set(event.seq, event);
  return [...known.values()].filter(({ seq }) => seq <= state.seq).sort((a, b) => a.seq - b.seq);
}

function paint() {
  const before = shown;
  shown = board(clocked(), state.updated_at);
  const told = events();
  root.dataset.seq = state.seq;
  scores.paintHero(hero, shown, scorers(state.sport, told));
  scores.paintLineScore(root, shown);
  scores.paintStats(root, shown);
  scores.paintLines(list, lines(state.sport, told, state.home.score, state.away.score, state), shown);
  for (const [name, found] of [["before", near(-1)], ["after", near(1)]]) point(root.querySelector(`[data-move="${name}"]`), found);
  if (playing && speed <= SPOKEN_SPEED_MAX) announcer.say(gameId, sentence(before, shown, state.sport, state.events?.at(-1)));
  paintPlace();
}

function near(step) {
  for (let seq = aim + step; seq >= 1 && seq <= rows.length; seq += step) if (rows[seq - 1].key) return seq;
  return undefined;
}

/** A link that leads nowhere stays where it is, so that nobody's focus is lost. */
function point(link, seq) {
  if (seq === undefined) {
    link.removeAttribute("href");
    link.setAttribute("role", "link");
    link.setAttribute("aria-disabled", "true");
  } else {
    link.setAttribute("href", `${own}?seq=${seq}`);
    link.removeAttribute("aria-disabled");
  }
}

function where() {
  const told = rows.slice(0, state.seq).findLast(({ period, clock }) => period && moment(state.sport, period, clock || undefined));
  const clock = told ? moment(state.sport, told.period, told.clock || undefined) : "";
  return [clock, `${shown.home.name} ${state.home.score}, ${shown.away.name} ${state.away.score}`].filter(Boolean).join(", ");
}

function wordsOf({ type, team, player, period, clock, home, away }) {
  const text = eventWords(state.sport, type).text.replace("{period}", words.sports[state.sport]?.periods[period] ?? "");
  const name = text.includes("{") ? type.replaceAll("_", " ").toLowerCase() : text;
  return [`${moment(state.sport, period, clock || undefined)} ${name}`.trim(), player, team && `${home}–${away}`].filter(Boolean).join(", ");
}

function paintPlace() {
  const text = where();
  if (place.textContent !== text) place.textContent = text;
  slider.setAttribute("aria-valuetext", text);
  if (Number(slider.value) !== at) slider.value = at;
  const played = rows.slice(0, state.seq);
  const beats = played.filter((row, index) => index && (row.home !== played[index - 1].home || row.away !== played[index - 1].away));
  const isMark = ({ type, team }) => team && words.key_weights.includes(eventWords(state.sport, type).weight);
  const marks = data.marked ? played.filter(isMark).map((row) => ({ at: row.at, side: row.team, seq: row.seq, words: wordsOf(row) })) : [];
  const periods = data.periods.filter(([, , seq]) => seq <= state.seq);
  paintBar(svg, { length, now: at, beats, marks, marked: data.marked, periods, href: (seq) => `${own}?seq=${seq}` });
}

/** Between two rows the time of the playback goes on, never past the row that comes next. */
function move() {
  if (!playing) return;
  const next = rows[state.seq];
  const run = heard.at + (performance.now() - heard.ms) * speed;
  const bound = next ? next.at : length;
  at = Math.round(Math.max(heard.at, Math.min(run, bound)));
  scores.paintClock(hero, board(clocked(), state.updated_at + Math.min(at - heard.at, 30_000)));
  paintPlace();
}

function settle(next) {
  state = next;
  aim = state.seq;
  at = rowAt(state.seq).at;
  heard = { at, ms: performance.now() };
  paint();
}

function play() {
  if (state.seq >= rows.length && !data.live) return seek(1, true);
  stop();
  heard = { at: rowAt(state.seq).at, ms: performance.now() };
  let stream; // told of its first steps before it is there
  stream = replay({
    game: gameId,
    speed,
    fromSeq: state.seq,
    hiddenMs: HIDDEN_MS,
    update: (told) => {
      if (playing !== stream && playing !== undefined) return;
      if (told.state.seq > rows.length) {
        if (data.late) return pause(); // who wants to know later is told no more than the page was
        extend(told, state);
      }
      settle(told.state);
    },
    link: (link) => {
      if (link === "ended") pause();
      else if (playing === stream) scores.paintLink(link);
    },
    refused: () => pause(),
  });
  playing = stream;
  paintButton();
}

function stop() {
  const stream = playing;
  playing = undefined;
  stream?.close();
}

function pause() {
  stop();
  at = rowAt(state.seq).at;
  paintButton();
  paintPlace();
}

function paintButton() {
  const on = playing !== undefined;
  button.setAttribute("aria-pressed", String(on));
  button.querySelector(".words").textContent = on ? "Pause" : state.seq >= rows.length && !data.live ? "Again" : "Play";
  if (!on) {
    const link = document.getElementById("link");
    link.dataset.state = "paused";
    link.textContent = "paused";
    document.documentElement.dataset.link = "paused";
  }
}

/** Show the game at a row, and play on from there if it was played. @param {number} seq */
async function seek(seq, go = playing !== undefined) {
  const wanted = Math.min(Math.max(seq, 1), rows.length);
  const turn = (seeking += 1);
  aim = wanted;
  stop();
  paintButton();
  const answer = await fetch(`${path}/score?seq=${wanted}&epoch=${root.dataset.epoch}`);
  if (turn !== seeking) return; // a later wish came
  // Another epoch: the game has been moved, and its rows may mean something else.
  if (answer.status === 404) return location.reload();
  if (!answer.ok) return;
  settle(await answer.json());
  paintButton();
  history.replaceState(null, "", wanted === 1 ? own : `${own}?seq=${wanted}`);
  if (go) play();
}

let dragged;
slider.addEventListener("input", () => {
  const time = Number(slider.value);
  const resume = dragged ? dragged.resume : playing !== undefined;
  clearTimeout(dragged?.timer);
  stop();
  at = time;
  dragged = { resume, timer: setTimeout(() => { dragged = undefined; seek(time ? seqAt(time) : 1, resume); }, SEEK_MS) };
});

/** Arrows go from row to row, page keys from one key event to the next; Home and End are the slider's own. */
slider.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -1, PageUp: 1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  seek(event.key.startsWith("Page") ? (near(step) ?? aim) : aim + step);
});
button.addEventListener("click", () => (playing ? pause() : play()));
speeds.addEventListener("change", (event) => {
  speed = Number(event.target.value);
  if (playing) play();
});
root.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("#player a");
  const href = link?.getAttribute("href");
  if (link && !href) return event.preventDefault();
  if (href?.startsWith(own)) {
    event.preventDefault();
    seek(Number(new URL(href, location.href).searchParams.get("seq") ?? 1));
  } else if (event.target.closest("#playbar")) seek(seqAt(placeOf(svg, event.clientX, length)));
});
/** Space plays and pauses, unless what has the focus means something else by it; the slider has its own. */
addEventListener("keydown", (event) => {
  const busy = event.target.closest?.("button, a, select, textarea, input:not(#seek), dialog");
  if (event.key !== " " || busy || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (playing) pause();
  else play();
});
root.querySelector(".filter").addEventListener("click", (event) => {
  const wanted = event.target.closest("button")?.dataset.show;
  if (!wanted) return;
  list.dataset.filter = wanted;
  for (const one of root.querySelectorAll(".filter button")) one.setAttribute("aria-pressed", String(one.dataset.show === wanted));
});

for (const one of [button, slider, speeds]) one.hidden = false;
scores.localiseTimes(document, Date.now(), zone());
setInterval(move, MOVE_MS);
paintButton();
paint();
