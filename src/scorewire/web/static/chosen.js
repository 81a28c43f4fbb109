// What the viewer has set, kept on the device under one key; theme.js reads the same before the first paint.
// The delay of a page is the one that its first HTML was made with, as <html data-delay> says.

const KEY = "scorewire.settings.1";
const REVEALED = "scorewire.revealed.1";
const REVEALED_MAX = 200;
const YEAR_S = 31_536_000;

/** @typedef {{theme: ""|"dark"|"light", density: ""|"compact", scores: ""|"hidden", delay: number, zone: string}} Chosen */
const DEFAULTS = { theme: "", density: "", scores: "", delay: 0, zone: "" };

function read(storage, key) {
  try {
    return JSON.parse(storage().getItem(key));
  } catch {
    return null;
  }
}

function write(storage, key, value) {
  try {
    storage().setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false; // The choice then holds for this page only.
  }
}

const local = () => localStorage;
const session = () => sessionStorage;
const root = document.documentElement;
let held = { ...DEFAULTS, ...read(local, KEY) };

/** @returns {Chosen} */
export function chosen() {
  return held;
}

/** Keep a change, here and for the pages to come; other tabs hear of it by their storage event. @param {Partial<Chosen>} change */
export function choose(change) {
  held = { ...held, ...change };
  write(local, KEY, held);
  apply();
}

/** Take over what another tab has chosen. @param {StorageEvent} event @returns {boolean} whether it was a choice */
export function heard(event) {
  if (event.key !== KEY) return false;
  again();
  return true;
}

/** Read again what is chosen. */
export function again() {
  held = { ...DEFAULTS, ...read(local, KEY) };
  apply();
}

function apply() {
  for (const name of ["theme", "density", "scores"]) {
    if (held[name]) root.dataset[name] = held[name];
    else delete root.dataset[name];
  }
  tellZone();
}

/** The zone by which days are counted and times shown: the chosen one, else the browser's. */
export function zone() {
  return held.zone || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}

/** The server cuts its days there; where a cache lets no cookie through, scripts put the times right. */
export function tellZone() {
  const wanted = `tz=${zone()}`;
  if (document.cookie.split("; ").includes(wanted)) return;
  document.cookie = `${wanted}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** Seconds by which everything on this page is late. */
export function delay() {
  return Number(root.dataset.delay ?? 0);
}

/** An address of the REST interface, as late as this page. @param {string} url */
export function late(url) {
  const seconds = delay();
  return seconds ? `${url}${url.includes("?") ? "&" : "?"}delay=${seconds}` : url;
}

/** Whether the result of a game is not to be told. @param {string=} gameId */
export function hides(gameId) {
  return root.dataset.scores === "hidden" && !(gameId && revealed().has(gameId)) && !document.querySelector("main[data-shown]");
}

/** Games whose score the viewer has asked to see, in this visit. */
export function revealed() {
  return new Set(read(session, REVEALED) ?? []);
}

/** @param {string} gameId */
export function reveal(gameId) {
  write(session, REVEALED, [...revealed().add(gameId)].slice(-REVEALED_MAX));
}
