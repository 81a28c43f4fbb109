// A league's table lives: #tables with data-league and data-season is drawn again whenever the node says that the
// table is another. Rows are kept by their teams, so that focus, selection and scroll stay where they are; a row that
// moves is seen to move, unless the viewer wants less motion.
import { Announcer } from "./announce.js";
import { group } from "./board.js";
import { delay, hides } from "./chosen.js";
import { paintLink } from "./scores.js";
import { follow } from "./scorewire.js";
import { shownParts } from "./table_rows.js";

const MOVES_MS = 450;

/** @param {string} tag @param {Object<string, string>} attributes @param {(Node|string)[]} children */
function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const unseen = (text) => made("span", { class: "unseen" }, text);
const headed = ([short, long]) => made("th", { scope: "col" }, made("abbr", { title: long }, short));

function headRow({ columns, formed }) {
  const form = formed ? [made("th", { scope: "col", class: "form" }, "Form")] : [];
  return made("tr", {}, headed(["#", "Place"]), made("th", { scope: "col", class: "club" }, "Team"), ...columns.map(headed), ...form);
}

/** What is pushed knows no colours of teams: a crest that is there stays as the server painted it. */
function crest({ team, badge, abbr }) {
  const link = document.querySelector(`.club a[href="/team/${CSS.escape(encodeURIComponent(team))}"]`);
  return link?.previousElementSibling?.cloneNode(true) ?? made("i", { class: `crest ${badge}`, "aria-hidden": "true" }, abbr);
}

/** The same cells as templates/standings.html makes. @param {import("./table_rows.js").Line} line */
function bodyRow(line, formed) {
  const zone = line.zone ? [unseen(`, ${line.zone}`)] : [];
  const now = made("b", { class: "now" }, made("span", { class: "pulse", "aria-hidden": "true" }), unseen("plays now"));
  const club = [
    crest(line),
    made("a", { href: `/team/${encodeURIComponent(line.team)}` }, line.name),
    ...(line.live ? [now] : []),
    ...line.notes.map((note) => made("small", {}, note)),
  ];
  const form = made("td", { class: "form" }, ...line.form.map(([letter, word]) => made("i", { class: `f${letter}`, title: word }, letter)));
  return made(
    "tr",
    {},
    made("td", { class: `place ${line.zone_class}` }, String(line.rank), ...zone),
    made("th", { scope: "row", class: "club" }, ...club),
    ...line.cells.map(({ text, strong }) => made("td", { class: strong ? "strong" : undefined }, text)),
    ...(formed ? [form] : []),
  );
}

/** One part as a card of its own. @param {import("./table_rows.js").Part} part */
function card(part) {
  const caption = made("caption", { class: part.name ? "named" : "unseen" }, part.name || "Table");
  const table = made("table", {}, caption, made("thead", {}, headRow(part)), made("tbody", {}, ...part.lines.map((line) => bodyRow(line, part.formed))));
  const zones = made("ul", { class: "zones", "aria-label": "What places lead to" }, ...part.zones.map(([name, mark]) => made("li", { class: mark }, name)));
  return made("section", { class: "card" }, made("div", { class: "standings" }, table, ...(part.zones.length ? [zones] : [])));
}

const teamOf = (row) => row.querySelector(".club a")?.getAttribute("href");

/** Put the cells of `fresh` into `row` where they differ; cells that say the same stay, and what is in focus there. */
function renewCells(row, fresh) {
  const cells = [...fresh.children];
  while (row.children.length > cells.length) row.lastElementChild.remove();
  cells.forEach((cell, at) => {
    const old = row.children[at];
    if (!old) row.append(cell);
    else if (old.outerHTML.replace(/\s+/g, " ") !== cell.outerHTML) old.replaceWith(cell);
  });
}

/** @param {Element} section @param {import("./table_rows.js").Part} part @returns {Element[]} the rows whose cells changed */
function renewCard(section, part) {
  const [head, body] = [section.querySelector("thead"), section.querySelector("tbody")];
  const columns = headRow(part);
  if (head.textContent.trim() !== columns.textContent) head.replaceChildren(columns);
  const rows = new Map([...body.rows].map((row) => [teamOf(row), row]));
  const changed = [];
  part.lines.forEach((line, at) => {
    const fresh = bodyRow(line, part.formed);
    const row = rows.get(teamOf(fresh)) ?? fresh;
    if (row !== fresh) {
      const points = (one) => one.querySelector(".strong")?.textContent;
      if (points(row) !== points(fresh)) changed.push(row);
      renewCells(row, fresh);
      rows.delete(teamOf(fresh));
    }
    if (body.rows[at] !== row) body.insertBefore(row, body.rows[at] ?? null);
  });
  for (const row of rows.values()) row.remove();
  const [old, zones] = [section.querySelector(".zones"), card(part).querySelector(".zones")];
  if (old?.textContent !== zones?.textContent) {
    old?.remove();
    if (zones) section.querySelector(".standings").append(zones);
  }
  return changed;
}

/** Rows glide from where they stood, and those with other points are marked for a moment. */
function move(root, tops, changed) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden) return;
  for (const [row, top] of tops) {
    const way = top - row.getBoundingClientRect().top;
    if (row.isConnected && way) row.animate([{ transform: `translateY(${way}px)` }, { transform: "none" }], { duration: MOVES_MS, easing: "ease-in-out" });
  }
  const glow = getComputedStyle(root).getPropertyValue("--glow").trim();
  for (const row of changed) row.animate([{ backgroundColor: glow }, { backgroundColor: "transparent" }], { duration: 4 * MOVES_MS });
}

/**
 * Draw a table in place of the one that is there.
 *
 * @param {HTMLElement} root with a section.card for each part @param {object} table @param {Set<string>} playing
 * @returns {import("./table_rows.js").Part[]} what is shown now
 */
export function drawTable(root, table, playing) {
  const parts = shownParts(table, playing);
  const sections = [...root.querySelectorAll(":scope > section.card:not(.about)")];
  const named = (section) => section.querySelector("caption.named")?.textContent ?? "";
  const same = sections.length === parts.length && parts.every((part, at) => sections[at].querySelector("tbody") && named(sections[at]) === part.name);
  if (!same) {
    if (!parts.length) return parts;
    const about = root.querySelector(":scope > .about");
    root.replaceChildren(...parts.map(card), ...(about ? [about] : []));
    return parts;
  }
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const tops = [...root.querySelectorAll("tbody tr")].map((row) => [row, row.getBoundingClientRect().top]);
  const changed = parts.flatMap((part, at) => renewCard(sections[at], part));
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
  move(root, tops, changed);
  return parts;
}

/** What a listener is told: who leads now. @param {import("./table_rows.js").Part[]} before @param {import("./table_rows.js").Part[]} after */
export function leaderWords(before, after) {
  const said = after.map((part, at) => {
    const [old, now] = [before[at]?.lines[0], part.lines[0]];
    if (!old || !now || old.team === now.team) return "";
    return `${now.name} ${part.name ? `lead ${part.name}` : "are first"}.`;
  });
  return said.filter(Boolean).join(" ");
}

/** Follow the league of a root until the page ends. @param {HTMLElement} root */
export function followTable(root) {
  const { league, season } = root.dataset;
  const announcer = new Announcer(document.getElementById("said"), () => hides());
  const games = new Map();
  let table, shown;
  const draw = () => {
    if (!table) return;
    const live = [...games.values()].filter((state) => group(state.status) === "live" && state.status !== "ended");
    const playing = new Set(live.flatMap(({ home, away }) => [home.id, away.id]));
    const before = shown;
    shown = drawTable(root, table, playing);
    if (before) announcer.say(league, leaderWords(before, shown));
  };
  return follow({
    leagues: [league],
    view: "line",
    delay: delay(),
    link: paintLink,
    standings: (told) => {
      if (season && told.season !== season) return; // This page is of another season.
      table = told.table;
      draw();
    },
    update: ({ game_id: gameId, state }) => {
      const before = games.get(gameId)?.status;
      games.set(gameId, state);
      if (before !== state.status) draw();
    },
  });
}

const root = document.querySelector("#tables[data-league]");
if (root) followTable(root);
