// The page of one game: its first state comes with the HTML, and the stream goes on exactly after it.
import { Announcer, sentence } from "./announce.js";
import { board } from "./board.js";
import { delay, hides, late, zone } from "./chosen.js";
import { Part } from "./part.js";
import * as scores from "./scores.js";
import { follow } from "./scorewire.js";
import { lines, scorers } from "./timeline.js";

const data = JSON.parse(document.getElementById("data").textContent);
const root = document.getElementById("game");
const hero = root.querySelector("[data-hero]");
// Tabs beside the overview have no timeline.
const list = document.getElementById("lines");
const part = new Part(document.getElementById("part"));
const gameId = root.dataset.game;
const path = `/v1/games/${encodeURIComponent(gameId)}`;
// A tab in the background shows the score in its title: it goes on for as long as a long match lasts.
const HIDDEN_MS = 6 * 3_600_000;

let state = data.state;
const wall = new scores.Wall(data.now);
const announcer = new Announcer(document.getElementById("said"), hides);
/** @type {Map<number, import("./timeline.js").CompactEvent>} every event we know, beyond the fifty of the state */
const known = new Map(data.earlier.map((event) => [event.seq, event]));
let epoch = data.state.epoch;
let shown = board(state, wall.now());

function events() {
  if (epoch !== state.epoch) known.clear();
  epoch = state.epoch;
  for (const event of state.events ?? []) known.set(event.seq, event);
  return [...known.values()].sort((a, b) => a.seq - b.seq);
}

function paint() {
  const before = shown;
  shown = board(state, wall.now());
  const told = events();
  const view = lines(state.sport, told, state.home.score, state.away.score, state);
  root.dataset.seq = state.seq;
  scores.paintHero(hero, shown, scorers(state.sport, told));
  scores.paintLineScore(root, shown);
  scores.paintStats(root, shown);
  if (list) scores.paintLines(list, view, shown);
  part.changed(`${state.epoch}-${state.seq}`);
  paintTitle();
  announcer.say(gameId, sentence(before, shown, state.sport, state.events?.at(-1)));
}

/** The first HTML's title names the teams only: what shows a title beside the page gives nothing away. */
function paintTitle() {
  const teams = `${shown.home.name} v ${shown.away.name}`;
  document.title = `${hides(gameId) ? teams : scores.title(shown)} | Scorewire`;
}

/** The first state came with the page; the cursor of this server's own pages may be written here. */
follow({
  games: [gameId],
  states: [state],
  since: `${state.epoch}!${gameId}!${state.seq}`,
  hiddenMs: HIDDEN_MS,
  delay: delay(),
  update: (told) => {
    state = told.state;
    if (told.ts) wall.hear(told.ts);
    paint();
  },
  link: scores.paintLink,
});

/** Plays that are older than the state's own fifty, read once when someone wants to see all of them. */
async function readEarlier() {
  for (let since = 0; since < state.seq; ) {
    const answer = await fetch(late(`${path}/events?since_seq=${since}&limit=500`));
    if (!answer.ok) return;
    const page = await answer.json();
    if (page.epoch !== state.epoch || !page.events.length) return;
    for (const { seq, type, team, player, period, clock, corrects, detail } of page.events) {
      const event = { seq, type, team, player: player?.name ?? player, period, clock, corrects, detail };
      if (!known.has(seq)) known.set(seq, event);
      since = seq;
    }
    paint();
  }
}

let complete = false;
root.querySelector(".filter")?.addEventListener("click", (event) => {
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
const TRUSTED = new Set(["connecting", "live", "polling"]);
let trusted = wall.now();
function tick() {
  if (TRUSTED.has(document.documentElement.dataset.link)) trusted = wall.now();
  shown = board(state, Math.min(wall.now(), trusted + 60_000));
  scores.paintClock(hero, shown);
  paintTitle();
}

scores.localiseTimes(document, wall.now(), zone());
addEventListener("revealed", paintTitle);
setInterval(tick, 1000);
tick();
