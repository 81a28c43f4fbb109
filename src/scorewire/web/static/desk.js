// The editor's desk: a thin page over the administrators' routes. The token lives in this tab's session only.

import { element } from "./scores.js";

const ROWS_SHOWN = 40;
const LOOK_MS = 3000;
const KEEP_MS = 12000;
const $ = (id) => document.getElementById(id);
const held = { token: sessionStorage.getItem("desk.token") ?? "", by: sessionStorage.getItem("desk.by") ?? "", game: "", timer: 0, said: 0 };

/** @param {string} text @param {boolean} [bad] */
function say(text, bad = false) {
  $("answer").textContent = text;
  $("answer").toggleAttribute("data-bad", bad);
  clearTimeout(held.said);
  held.said = setTimeout(() => ($("answer").textContent = ""), KEEP_MS);
}

/** What a route answers, or an Error with the problem's own words. */
async function call(path, body) {
  const answer = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...(path.startsWith("/v1/admin") && { authorization: `Bearer ${held.token}` }), ...(body !== undefined && { "content-type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: "no-store",
  });
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401 || answer.status === 403) leave();
  if (!answer.ok) throw new Error(told.detail ?? `The node answered ${answer.status}.`);
  return told;
}

const admin = (rest) => `/v1/admin/games/${encodeURIComponent(held.game)}/desk${rest}`;

/** Post to the desk, and say what became of it. */
async function enter(path, body) {
  const told = await call(path, { by: held.by, ...body });
  if (told.outcome === "refused") throw new Error(`Refused, nothing has changed: ${told.detail} (${told.rule})`);
  say(told.outcome === "applied" ? `Done: ${told.score}. Every fan is told.` : "It is kept, and will be decided in a moment.");
  await refresh();
}

/** One form, one call; the button rests meanwhile, so that nothing is entered twice. */
function form(id, submitted) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const button = $(id).querySelector("button.main");
    button.disabled = true;
    say("");
    submitted(Object.fromEntries(new FormData($(id))))
      .then((done) => done !== false && $(id).reset())
      .catch((error) => say(error.message, true))
      .finally(() => (button.disabled = false));
  });
}

function press(text, done) {
  const made = element("button", { type: "button" }, text);
  made.addEventListener("click", () => {
    const reason = prompt("Why? It is kept with your name.");
    if (!reason) return;
    made.disabled = true;
    done(reason).catch((error) => say(error.message, true)).finally(() => (made.disabled = false));
  });
  return made;
}

const scalar = (text) => (text === "true" ? true : text === "false" ? false : /^-?\d{1,9}$/.test(text) ? Number(text) : text);

function details(text) {
  const words = text.trim() ? text.trim().split(/\s+(?=\w+=)/) : [];
  return Object.fromEntries(words.map((word) => { const at = word.indexOf("="); if (at < 1) throw new Error(`${word} is not NAME=VALUE`); return [word.slice(0, at), scalar(word.slice(at + 1))]; }));
}

function entryLine(one) {
  const detail = Object.entries(one.detail ?? {}).map(([name, value]) => `${name} ${value}`).join(", ");
  const line = element("div", {}, element("b", one.stands ? {} : { class: "gone" }, `${one.type} ${detail}`), element("small", {}, `${new Date(one.ts).toLocaleTimeString()} · ${one.by}: ${one.reason}${one.stands ? "" : ` · handed back by ${one.handed_back_by}`}`));
  return element("li", {}, line, ...(one.stands ? [press("Hand back", (reason) => enter(admin(`/${one.event}/hand-back`), { reason }))] : []));
}

function rowLine(row) {
  const told = [row.type, row.team, row.player, row.clock].filter(Boolean).join(" · ");
  const line = element("div", {}, told, element("small", {}, `row ${row.seq} · ${row.cause.provider} ${row.cause.event}${row.corrects ? ` · corrects row ${row.corrects}` : ""}`));
  const play = !["scorewire", "desk"].includes(row.cause.provider) && !row.type.startsWith("GAME_SCHEDULED") && !row.corrects;
  return element("li", {}, line, ...(play ? [press("Does not count", (reason) => enter(admin("/cancel"), { seq: row.seq, reason }))] : []));
}

async function refresh() {
  const game = held.game;
  const state = await call(`/v1/games/${encodeURIComponent(game)}/score`);
  const since = Math.max(0, state.seq - ROWS_SHOWN);
  const [{ entries }, { events }] = await Promise.all([call(admin("")), call(`/v1/games/${encodeURIComponent(game)}/events?since_seq=${since}`)]);
  if (game !== held.game) return;
  $("facts").textContent = [state.league.name || state.league.id, state.status, state.period, state.clock?.display].filter(Boolean).join(" · ");
  $("now").textContent = `${state.home.name || state.home.id} ${state.home.score} – ${state.away.score} ${state.away.name || state.away.id}`;
  $("home").textContent = state.home.name || state.home.id;
  $("away").textContent = state.away.name || state.away.id;
  $("check").hidden = !state.under_check;
  $("page").href = `/game/${encodeURIComponent(game)}`;
  $("entries").replaceChildren(...(entries.length ? entries.map(entryLine) : [element("li", {}, "Nothing.")]));
  $("rows").replaceChildren(...events.toReversed().map(rowLine));
}

/** The game that the address names, so that a link or a reload leads to it; empty for the list. */
const asked = () => new URLSearchParams(location.search).get("game") ?? "";

function goTo(game) {
  if (asked() !== game) history.pushState(null, "", game ? `/desk?game=${encodeURIComponent(game)}` : "/desk");
}

/** What tells games of the same two teams apart. */
function which(one) {
  const start = one.start.includes("T") ? new Date(one.start).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) : one.start;
  return [one.league.name || one.league.id, one.round, one.period ? `${one.status} ${one.period}` : one.status, start, one.game_id].filter(Boolean).join(" · ");
}

async function open(game) {
  held.game = game;
  clearInterval(held.timer);
  await refresh();
  show("work");
  goTo(game);
  held.timer = setInterval(() => document.hidden || document.activeElement?.closest("#entries, #rows") || refresh().catch((error) => say(error.message, true)), LOOK_MS);
  return false;
}

async function choose() {
  show("choose");
  await call("/v1/admin/status");
  const { games } = await call("/v1/games?status=underway&limit=50");
  $("games").replaceChildren(...games.map((one) => element("option", { value: one.game_id })));
  $("picks").replaceChildren(...games.map((one) => {
    const made = element("button", { type: "button" }, `${one.home.name || one.home.id} ${one.home.score} – ${one.away.score} ${one.away.name || one.away.id}`, element("small", {}, which(one)));
    made.addEventListener("click", () => open(one.game_id).catch((error) => say(error.message, true)));
    return element("li", {}, made);
  }));
}

/** The list, or the game of the address. */
async function start() {
  await choose();
  if (asked()) await open(asked());
}

function show(name) {
  for (const id of ["door", "choose", "work"]) $(id).hidden = id !== name;
}

function leave() {
  held.token = "";
  sessionStorage.removeItem("desk.token");
  clearInterval(held.timer);
  show("door");
}

form("enter", async ({ token, by }) => {
  Object.assign(held, { token: token.trim(), by: by.trim() });
  await choose();
  sessionStorage.setItem("desk.token", held.token);
  sessionStorage.setItem("desk.by", held.by);
  if (asked()) await open(asked());
});
form("find", ({ game }) => open(game.trim()));
form("score", ({ home, away, reason }) => enter(admin(""), { reason, type: "SCORE_SET", detail: { home: Number(home), away: Number(away) } }));
form("event", async ({ type, team, period, clock, player, detail, reason }) => {
  const name = player.trim();
  await enter(admin(""), {
    reason,
    type: type.trim().toUpperCase(),
    detail: details(detail),
    ...(team && { team }),
    ...(period && { period: Number(period) }),
    ...(clock.trim() && { clock: clock.trim() }),
    ...(name && { player: { id: `desk-${name.replace(/[^A-Za-z0-9]/g, "-").slice(0, 50)}`, name } }),
  });
});
$("other").addEventListener("click", () => { clearInterval(held.timer); goTo(""); choose().catch((error) => say(error.message, true)); });

addEventListener("popstate", () => {
  clearInterval(held.timer);
  if (held.token) start().catch((error) => say(error.message, true));
});

$("desk").hidden = false;
if (held.token && held.by) start().catch((error) => say(error.message, true));
