// Favourite games, teams and leagues, kept on the device under one key, alike in all tabs. Without storage there are
// no stars. A page says where one may stand by <span data-favourite="team" data-id="arg" data-name="Argentina">; rows
// of games get theirs by themselves.

const KEY = "scorewire.favourites.1";
const EACH_MAX = 60;
const KINDS = { game: "games", team: "teams", league: "leagues" };

/** @typedef {{games: string[], teams: string[], leagues: string[]}} Favourites the newest first */

function storage() {
  try {
    localStorage.setItem(`${KEY}.probe`, "1");
    localStorage.removeItem(`${KEY}.probe`);
    return localStorage;
  } catch {
    return undefined;
  }
}

const kept = storage();

/** @returns {Favourites} */
function read() {
  let found = {};
  try {
    found = JSON.parse(kept?.getItem(KEY) ?? "{}") ?? {};
  } catch {
    // What is there is not ours; the next star replaces it.
  }
  const ids = (list) => (Array.isArray(list) ? list.filter((id) => typeof id === "string").slice(0, EACH_MAX) : []);
  return { games: ids(found.games), teams: ids(found.teams), leagues: ids(found.leagues) };
}

let held = read();
const listeners = new Set();

/** Whether anything can be kept here. */
export const available = kept !== undefined;

/** @returns {Favourites} */
export function favourites() {
  return held;
}

/** @param {() => void} listener told after each change, of this tab or of another */
export function onChange(listener) {
  listeners.add(listener);
}

/** @param {"game"|"team"|"league"} kind @param {string} id */
export function has(kind, id) {
  return held[KINDS[kind]].includes(id);
}

/** @param {"game"|"team"|"league"} kind @param {string} id @param {boolean} wanted */
export function keep(kind, id, wanted) {
  const others = read()[KINDS[kind]].filter((one) => one !== id);
  held = { ...read(), [KINDS[kind]]: (wanted ? [id, ...others] : others).slice(0, EACH_MAX) };
  try {
    kept?.setItem(KEY, JSON.stringify(held));
  } catch {
    // The device is full: the star holds for this page.
  }
  told();
}

function told() {
  for (const button of document.querySelectorAll(".star")) paint(button);
  for (const listener of listeners) listener();
}

function paint(button) {
  button.setAttribute("aria-pressed", String(has(button.dataset.kind, button.dataset.id)));
}

const SVG = "http://www.w3.org/2000/svg";
function star(kind, id, name) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "star";
  Object.assign(made.dataset, { kind, id });
  made.setAttribute("aria-label", `Favourite: ${name}`);
  made.title = kind === "game" ? "Keep this game on top" : `Keep ${name} on top`;
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("class", "ic");
  icon.setAttribute("aria-hidden", "true");
  icon.append(document.createElementNS(SVG, "use"));
  icon.firstChild.setAttribute("href", "#i-star");
  made.append(icon);
  paint(made);
  return made;
}

/** Put stars where they belong and are not yet. @param {ParentNode} within */
export function dress(within) {
  if (!available) return;
  for (const place of within.querySelectorAll("[data-favourite]:empty")) {
    const { favourite, id, name } = place.dataset;
    place.append(star(favourite, id, name || id));
  }
  for (const entry of within.querySelectorAll(".entry")) {
    if ([...entry.children].some((one) => one.matches(".star"))) continue;
    const row = entry.querySelector("[data-game]");
    const names = [...row.querySelectorAll(".name")].map((name) => name.textContent).join(" v ");
    entry.append(star("game", row.dataset.game, names));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".star");
  if (button) keep(button.dataset.kind, button.dataset.id, button.getAttribute("aria-pressed") !== "true");
});
addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  held = read();
  told();
});
if (available) document.documentElement.classList.add("keeps");
dress(document);
