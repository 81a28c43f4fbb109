// The page of one game: its first state comes with the HTML, and the stream goes on exactly after it.
import { Announcer, sentence } from "./announce.js";
import { board } from "./board.js";
import { Follow, writeCursor } from "./protocol.js";
import * as scores from "./scores.js";
import { Link, Poll } from "./stream.js";
import { lines, scorers } from "./timeline.js";

const data = JSON.parse(document.getElementById("data").textContent);
const root = document.getElementById("game");
const hero = root.querySelector("[data-hero]");
const list = document.getElementById("lines");
const gameId = root.dataset.game;
const path = `/v1/games/${encodeURIComponent(gameId)}`;

const follow = new Follow(data.state);
const wall = new scores.Wall(data.now);
const announcer = new Announcer(document.getElementById("said"));
const poll = new Poll(`${path}/score`);
/** @type {Map<number, import("./timeline.js").CompactEvent>} every event we know, beyond the fifty of the state */
const known = new Map(data.earlier.map((event) => [event.seq, event]));
let epoch = data.state.epoch;
let shown = board(data.state, wall.now());
let fetching = false;

function events() {
  if (epoch !== follow.state.epoch) known.clear();
  epoch = follow.state.epoch;
  for (const event of follow.state.events ?? []) known.set(event.seq, event);
  return [...known.values()].sort((a, b) => a.seq - b.seq);
}

function paint() {
  const state = follow.state;
  const before = shown;
  shown = board(state, wall.now());
  const told = events();
  const view = lines(state.sport, told, state.home.score, state.away.score, state);
  root.dataset.seq = state.seq;
  scores.paintHero(hero, shown, scorers(state.sport, told));
  scores.paintLineScore(root, shown);
  scores.paintStats(root, shown);
  scores.paintLines(list, view, shown);
  document.title = `${scores.title(shown)} | Scorewire`;
  announcer.say(gameId, sentence(before, shown, state.sport, state.events?.at(-1)));
}

/** The newest state by a plain read; true if it was news. */
async function refetch() {
  const state = await poll.read();
  const news = state !== undefined && follow.replace(state) === "replaced";
  if (news) paint();
  return news;
}

function take(frame) {
  if (frame.game_id !== gameId) return;
  const verdict = follow.take(frame);
  if (frame.type === "score_update") wall.hear(frame.ts);
  if (verdict === "applied" || verdict === "replaced") paint();
  if (verdict === "gap" && !fetching) {
    fetching = true;
    refetch()
      .catch(() => link.resume())
      .finally(() => (fetching = false));
  }
}

const link = new Link({
  url: () => `/v1/stream?game=${encodeURIComponent(gameId)}&since=${encodeURIComponent(writeCursor([follow.state]))}`,
  poll: refetch,
  frame: take,
  changed: scores.paintLink,
  silenceMs: () => (shown.group === "live" ? 60_000 : 300_000),
});

/** Plays that are older than the state's own fifty, read once when someone wants to see all of them. */
async function readEarlier() {
  for (let since = 0; since < follow.state.seq; ) {
    const answer = await fetch(`${path}/events?since_seq=${since}&limit=500`);
    if (!answer.ok) return;
    const page = await answer.json();
    if (page.epoch !== follow.state.epoch || !page.events.length) return;
    for (const { seq, type, team, player, period, clock, corrects, detail } of page.events) {
      const event = { seq, type, team, player: player?.name ?? player, period, clock, corrects, detail };
      if (!known.has(seq)) known.set(seq, event);
      since = seq;
    }
    paint();
  }
}

let complete = false;
root.querySelector(".filter").addEventListener("click", (event) => {
  const wanted = event.target.closest("button")?.dataset.show;
  if (!wanted) return;
  list.dataset.filter = wanted;
  for (const button of root.querySelectorAll(".filter button")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === wanted));
  }
  if (wanted === "all" && !complete) {
    complete = true;
    readEarlier().catch(() => (complete = false));
  }
});

/** The clock runs between updates, and stands still while nobody can say whether it should run. */
let trusted = wall.now();
function tick() {
  if (document.documentElement.dataset.link !== "reconnecting") trusted = wall.now();
  shown = board(follow.state, Math.min(wall.now(), trusted + 60_000));
  scores.paintClock(hero, shown);
  document.title = `${scores.title(shown)} | Scorewire`;
}

scores.localiseTimes(document, wall.now());
scores.startTheme();
link.start();
setInterval(tick, 1000);
tick();
