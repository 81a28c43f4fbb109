// Lists of games on the pages of leagues and teams: what is on the page is followed in list form, so that a row
// that is played lives. A game that begins, or ends, stays where it is: the order is that of the fixture list.
import { Announcer, sentence } from "./announce.js";
import { board, group } from "./board.js";
import { delay, hides, late, zone } from "./chosen.js";
import * as scores from "./scores.js";
import { follow } from "./scorewire.js";

const FOLLOWS_MAX = 90;
const roots = [...document.querySelectorAll("[data-rows]")];
const wall = new scores.Wall(Number(roots[0]?.dataset.now) || Date.now());
const announcer = new Announcer(document.getElementById("said"), hides);
/** @type {Map<string, import("./board.js").ScoreState>} */
const states = new Map();
/** @type {Map<string, ReturnType<typeof board>>} */
const views = new Map();

function places(gameId) {
  const name = CSS.escape(gameId);
  return roots.flatMap((root) => [...root.querySelectorAll(`[data-game="${name}"], [data-hero="${name}"]`)]);
}

function paint(gameId) {
  const state = states.get(gameId);
  const before = views.get(gameId);
  const view = board(state, wall.now());
  views.set(gameId, view);
  for (const place of places(gameId)) place.dataset.hero ? scores.paintHero(place, view) : scores.paintRow(place, view);
  if (before) announcer.say(gameId, sentence(before, view, state.sport));
}

function take({ game_id: gameId, state, ts }) {
  states.set(gameId, state);
  if (ts) wall.hear(ts);
  if (places(gameId).length) paint(gameId);
}

/** What is not over by the page: results change by corrections alone, and the next reader sees those. */
function followed() {
  const found = roots.flatMap((root) => [...root.querySelectorAll("[data-game], [data-hero]")]);
  const open = found.filter((one) => one.dataset.group !== "over");
  return [...new Set(open.map((one) => one.dataset.game ?? one.dataset.hero))].slice(0, FOLLOWS_MAX);
}

async function readGames() {
  const read = async (gameId) => {
    const answer = await fetch(late(`/v1/games/${encodeURIComponent(gameId)}/score`), { cache: "no-cache" });
    if (!answer.ok) throw new Error(`${gameId}: ${answer.status}`);
    const { events, detail, ...line } = await answer.json();
    return line;
  };
  return Promise.all(followed().slice(0, 20).map(read));
}

function tick() {
  for (const [gameId, state] of states) {
    if (group(state.status) !== "live") continue;
    const view = board(state, wall.now());
    for (const place of places(gameId)) scores.paintClock(place, view);
  }
}

const games = followed();
if (games.length) follow({ games, view: "line", delay: delay(), poll: readGames, update: take, link: scores.paintLink });
scores.localiseTimes(document, wall.now(), zone());
setInterval(tick, 1000);

/** A menu closes by Escape, and when somebody goes elsewhere. */
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
