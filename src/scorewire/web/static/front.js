// The front page: one stream in list form for every game of the list. The first HTML holds no states, so the
// stream begins with one full state for each game; from then on it continues from what is held.
import { Announcer, sentence } from "./announce.js";
import { board, group } from "./board.js";
import { delay, hides, late, zone } from "./chosen.js";
import { dress } from "./favourites.js";
import { narrow } from "./narrowing.js";
import { OnTop } from "./on_top.js";
import { rowEntry } from "./rows.js";
import * as scores from "./scores.js";
import { follow } from "./scorewire.js";
import { cover } from "./settings.js";
import { lines, scorers } from "./timeline.js";

const FOLLOWS_MAX = 90;
const ROWS_MAX = 80;
const RELOAD_SPREAD_MS = 5_000;
const FEATURE_EVERY_MS = 3_000;
const NEW_GAMES_MS = 120_000;
const RANKS = { live: 0, over: 1, next: 2 };

const games = document.getElementById("games");
const wall = new scores.Wall(Number(games.dataset.now));
const announcer = new Announcer(document.getElementById("said"), hides);
/** @type {Map<string, import("./board.js").ScoreState>} */
const states = new Map();
/** @type {Map<string, ReturnType<typeof board>>} */
const views = new Map();
const params = new URLSearchParams(location.search);

function rows() {
  return [...games.querySelectorAll("[data-game]")];
}

function rowOf(gameId) {
  return games.querySelector(`[data-game="${CSS.escape(gameId)}"]`);
}

function paint(gameId) {
  const state = states.get(gameId);
  const row = rowOf(gameId);
  const before = views.get(gameId);
  const view = board(state, wall.now());
  views.set(gameId, view);
  const moved = row.dataset.group !== view.group;
  scores.paintRow(row, view);
  if (moved) arrange(row.closest(".league"));
  if (before) announcer.say(gameId, sentence(before, view, state.sport));
  if (feature?.gameId === gameId) feature.changed(state, view);
}

/** Under way first, then results with the newest first, then what is to come. */
function arrange(league) {
  const held = [...league.querySelectorAll("[data-game]")];
  const sorted = [...held].sort((a, b) => {
    const rank = RANKS[a.dataset.group] - RANKS[b.dataset.group];
    const start = Date.parse(a.dataset.start) - Date.parse(b.dataset.start);
    return rank || (a.dataset.group === "over" ? -start : start);
  });
  // A row that stands right stays: moving it would take the focus from what has it.
  if (sorted.some((row, at) => row !== held[at])) league.append(...sorted.map((row) => row.parentElement));
  league.toggleAttribute("data-live", sorted[0]?.dataset.group === "live");
  count();
}

function count() {
  const live = rows().filter((row) => row.dataset.group === "live").length;
  document.querySelector('[data-part="live-count"]').textContent = String(live);
  const only = games.hasAttribute("data-live-only");
  games.querySelector("[data-empty]").hidden = only ? live > 0 : rows().length > 0;
  games.querySelector("[data-none-live]").hidden = !only;
  document.title = live ? `${live} live · Scorewire` : "Live scores · Scorewire";
}

/** Games that the list does not hold yet: the server knows where they belong, so the list is read anew. */
let reloading = 0;
const elsewhere = new Set();
function reload(gameId) {
  if (elsewhere.has(gameId) || rows().length >= ROWS_MAX) return;
  // The list that is read now has it, or has no place for it: either way it is asked for once.
  elsewhere.add(gameId);
  reloading ||= setTimeout(() => readList().catch(() => elsewhere.clear()), Math.random() * RELOAD_SPREAD_MS);
}

async function readList() {
  reloading = 0;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return elsewhere.clear();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("games");
  const only = games.hasAttribute("data-live-only");
  games.replaceChildren(...fresh.childNodes);
  games.dataset.follows = fresh.dataset.follows;
  games.toggleAttribute("data-live-only", only);
  for (const row of rows()) if (states.has(row.dataset.game)) paint(row.dataset.game);
  finish(games);
  onTop.again();
  following?.change(followed());
}

/** What the server does not know of a row: the viewer's zone, stars, and what is to be hidden. */
function finish(within) {
  scores.localiseTimes(within, wall.now(), zone());
  dress(within);
  cover(within);
}

/** A favourite's game that the list does not hold. @param {import("./board.js").ScoreState} state */
function join(state) {
  if (rowOf(state.game_id) || rows().length >= FOLLOWS_MAX) return undefined;
  states.set(state.game_id, state);
  const view = board(state, wall.now());
  views.set(state.game_id, view);
  const entry = rowEntry(view, state);
  const holder = document.createDocumentFragment();
  holder.append(entry);
  finish(holder);
  return entry;
}

let followedBefore = "";
function changed() {
  if (field.value) narrow(games, field, count);
  else count();
  const wanted = followed();
  const text = JSON.stringify(wanted.games.sort());
  if (text === followedBefore) return;
  followedBefore = text;
  if (following) following.change(wanted);
  else if (rows().length) start();
}

function take({ game_id: gameId, state, ts }) {
  states.set(gameId, state);
  if (!rowOf(gameId)) return reload(gameId);
  if (ts) wall.hear(ts);
  paint(gameId);
}

async function readJson(url) {
  const answer = await fetch(late(url), { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** The list by a plain read: states of the games that we show; one under way that we do not show is taken in. */
async function readGames() {
  const query = new URLSearchParams({ limit: String(FOLLOWS_MAX) });
  for (const name of ["date", "tz", "sport", "league"]) if (params.get(name)) query.set(name, params.get(name));
  const page = await readJson(`/v1/games?${query}`);
  for (const state of page.games) if (!rowOf(state.game_id) && group(state.status) === "live") reload(state.game_id);
  return page.games.filter((state) => rowOf(state.game_id)).map(({ events, detail, ...line }) => line);
}

/** Sports or a league where the list holds all of theirs: what is declared later then joins by itself. */
function followed() {
  const query = new URLSearchParams(games.dataset.follows);
  const wanted = rows().sort((a, b) => RANKS[a.dataset.group] - RANKS[b.dataset.group]);
  const ids = wanted.slice(0, FOLLOWS_MAX).map((row) => row.dataset.game);
  return { games: ids, sports: query.getAll("sport"), leagues: query.getAll("league") };
}

/** The panel beside the list, on wide screens: its plays are read when its score or status has changed. */
class Feature {
  constructor(root) {
    this.root = root;
    this.hero = root.querySelector("[data-hero]");
    this.gameId = this.hero.dataset.hero;
    this.timer = 0;
  }

  changed(state, view) {
    const marks = view.home.score + view.away.score + view.status;
    scores.paintHero(this.hero, view);
    scores.paintLineScore(this.root, view);
    if (marks === this.marks || !this.root.offsetParent) return;
    this.marks = marks;
    this.timer ||= setTimeout(() => this.read().catch(() => undefined), Math.random() * FEATURE_EVERY_MS);
  }

  async read() {
    this.timer = 0;
    const state = await readJson(`/v1/games/${encodeURIComponent(this.gameId)}/score`);
    const view = board(state, wall.now());
    const told = lines(state.sport, state.events ?? [], state.home.score, state.away.score, state);
    scores.paintLines(this.root.querySelector("[data-lines]"), told.filter((line) => line.key).slice(0, 8), view);
    scores.paintHero(this.hero, view, scorers(state.sport, state.events ?? []));
    scores.paintStats(this.root, view);
  }
}

const panel = document.getElementById("feature");
const feature = panel && new Feature(panel);

document.getElementById("live").addEventListener("click", (event) => {
  event.preventDefault();
  const only = games.toggleAttribute("data-live-only");
  event.currentTarget.setAttribute("aria-pressed", String(only));
  only ? params.set("live", "1") : params.delete("live");
  history.replaceState(null, "", `${params}` ? `?${params}` : "/");
  count();
  // The server's live list leaves the rest out, so going back to everything reads it.
  if (!only && document.body.dataset.partial) location.reload();
});

document.getElementById("live").addEventListener("keydown", (event) => {
  if (event.key !== " ") return;
  event.preventDefault();
  event.currentTarget.click();
});

/** Days as the viewer's own calendar has them: the links name the zone, so that the server cuts there. */
function localiseStrip() {
  for (const chip of document.querySelectorAll("#strip [data-day]")) {
    const url = new URL(chip.href);
    url.searchParams.set("tz", zone());
    chip.href = url;
    const day = new Date(`${chip.dataset.day}T12:00:00Z`);
    const written = (given) => new Intl.DateTimeFormat(undefined, { timeZone: "UTC", ...given }).format(day);
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone() }).format(wall.now());
    const year = chip.dataset.day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" };
    chip.querySelector("small").textContent = written({ day: "numeric", month: "short", ...year });
    chip.querySelector("b").textContent = chip.dataset.day === today ? "Today" : written({ weekday: "short" });
  }
  document.querySelector('#strip [aria-current="date"]')?.scrollIntoView({ block: "nearest", inline: "center" });
}

function tick() {
  for (const [gameId, state] of states) {
    if (group(state.status) === "live") {
      const row = rowOf(gameId);
      const view = board(state, wall.now());
      if (row) scores.paintClock(row, view);
      if (feature?.gameId === gameId) scores.paintClock(feature.hero, view);
    }
  }
}

let following;
function start() {
  const given = { view: "line", poll: readGames, update: take, link: scores.paintLink, delay: delay() };
  following = follow({ ...followed(), ...given });
}

const onTop = new OnTop(games, { take: join, changed, arrange, now: () => wall.now() });
const field = document.getElementById("search");
field.addEventListener("input", () => narrow(games, field, count));
field.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !field.value) return;
  event.preventDefault();
  field.value = "";
  narrow(games, field, count);
});

if (params.get("live") === "1") document.body.dataset.partial = "1";
finish(document);
localiseStrip();
onTop.renew();
if (!rows().length) setTimeout(() => rows().length || location.reload(), 30_000 + Math.random() * 10_000);
setInterval(tick, 1000);
setInterval(() => document.hidden || readGames().catch(() => undefined), NEW_GAMES_MS * (1 + Math.random() / 4));
