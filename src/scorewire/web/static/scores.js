// Puts what board.js and timeline.js say into the page, by data attributes; it touches only what differs,
// so a selection, a focus or a screen reader's place survives an update.

/** @typedef {ReturnType<typeof import("./board.js").board>} Board */
/** @typedef {import("./timeline.js").Line} Line */

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} tag @param {Object<string, string>} attributes @param {...(Node|string)} children */
export function element(tag, attributes = {}, ...children) {
  const made = tag === "svg" || tag === "use" || tag === "rect" ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function put(root, part, text) {
  const found = root.querySelector(`[data-part="${part}"]`);
  if (!found || found.textContent === text) return false;
  found.textContent = text;
  return true;
}

function shown(root, part, visible) {
  const found = root.querySelector(`[data-part="${part}"]`);
  if (found && found.hidden === visible) found.hidden = !visible;
}

function flash(node) {
  node.classList.remove("flash");
  void node.offsetWidth;
  node.classList.add("flash");
}

/** Colours stand in attributes of SVG, which the policy allows where it forbids styles in the page. */
export function crest(side, more = { "aria-hidden": "true" }) {
  const made = element("i", { class: `crest ${side.badge}`, ...more });
  if (side.paint) made.append(element("svg", {}, element("rect", { fill: side.paint, width: "100%", height: "100%" })));
  made.append(side.abbr);
  return made;
}

function bar(side, place) {
  return element("rect", { class: side.badge, ...(side.paint && { fill: side.paint }), ...place, height: "100%" });
}

function icon(name) {
  return element("svg", { class: "ic", "aria-hidden": "true" }, element("use", { href: `#i-${name}` }));
}

function marks(root, side) {
  const found = root.querySelector('[data-part="marks"]');
  if (!found || found.querySelectorAll("i").length === side.marks) return;
  const told = side.marks ? [element("span", { class: "unseen" }, `${side.marks} red card${side.marks > 1 ? "s" : ""}`)] : [];
  found.replaceChildren(...Array.from({ length: side.marks }, () => element("i")), ...told);
}

function cells(root, line) {
  const found = root.querySelector('[data-part="line"]');
  if (found && found.childElementCount === line.length) {
    line.forEach((cell, at) => (found.children[at].textContent = cell));
  } else found?.replaceChildren(...line.map((cell) => element("i", {}, cell)));
}

/** One game of a list. @param {Element} row @param {Board} view */
export function paintRow(row, view) {
  row.dataset.group = view.group;
  put(row, "short", view.short);
  put(row, "sub", view.sub);
  put(row, "check", view.check ? "score under check" : "");
  for (const name of ["home", "away"]) {
    const side = row.querySelector(`[data-side="${name}"]`);
    side.classList.toggle("won", view[name].won);
    side.classList.toggle("lost", view[name].lost);
    put(side, "name", view[name].name);
    cells(side, view[`${name}_line`]);
    marks(side, view[name]);
    put(side, "pens", view[name].pens);
    if (put(side, "score", view[name].listed)) flash(side);
  }
}

/** The big scoreboard, with the goals under it. @param {Element} hero @param {Board} view */
export function paintHero(hero, view, scorers) {
  hero.dataset.group = view.group;
  for (const name of ["home", "away"]) {
    if (put(hero, name, view[name].score)) flash(hero.querySelector(`[data-part="${name}"]`));
    const team = hero.querySelector(`[data-side="${name}"]`);
    team.classList.toggle("lost", view[name].lost);
    marks(team, view[name]);
    texts(team, "notes", view[name].notes);
    if (scorers) paintScorers(hero.querySelector(`[data-scorers="${name}"]`), scorers.filter((one) => one.side === name));
  }
  paintClock(hero, view);
  put(hero, "status", view.status);
  texts(hero, "situation", view.situation);
  banner(hero, "review", view.review);
  shown(hero, "check", view.check);
}

/** What moves without news: the running clock. @param {Element} root a row or the hero @param {Board} view */
export function paintClock(root, view) {
  put(root, "clock", view.clock);
  put(root, "short", view.short);
  put(root, "sub", view.sub);
}

/** A row of short texts, each in a span of its own. */
function texts(root, part, told) {
  const found = root.querySelector(`[data-part="${part}"]`);
  if (found) replaceIfOther(found, told.map((text) => element("span", {}, text)));
}

function banner(root, part, text) {
  const found = root.querySelector(`[data-part="${part}"]`);
  if (!found) return;
  found.hidden = !text;
  if (text) found.querySelector("span").textContent = text;
}

function paintScorers(list, told) {
  if (!list || list.textContent === told.map((one) => `${one.name} ${one.goals}`).join("")) return;
  list.replaceChildren(...told.map((one) => element("li", {}, `${one.name} `, element("span", {}, one.goals))));
}

/** @param {Element} root @param {Board} view */
export function paintLineScore(root, view) {
  const card = root.querySelector("[data-linescore]");
  if (!card) return;
  card.hidden = !view.columns.length;
  const heads = ["Team", ...view.columns, ...view.totals.map(([title]) => title)].map((text, at) =>
    element("th", { scope: "col" }, at ? text : element("span", { class: "unseen" }, text)),
  );
  const rows = ["home", "away"].map((name, at) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, crest(view[name]), element("span", {}, view[name].name)),
      ...view[`${name}_line`].map((cell) => element("td", {}, cell)),
      ...view.totals.map((total) => element("td", { class: "total" }, total[at + 1])),
    ),
  );
  replaceIfOther(card.querySelector("thead"), [element("tr", {}, ...heads)]);
  replaceIfOther(card.querySelector("tbody"), rows);
}

/** @param {Element} root @param {Board} view */
export function paintStats(root, view) {
  const card = root.querySelector("[data-stats]");
  if (!card) return;
  card.hidden = !view.stats.length;
  const made = view.stats.map((stat) =>
    element(
      "div",
      {},
      element("dd", {}, String(stat.home)),
      element("dt", {}, stat.label),
      element("dd", {}, String(stat.away)),
      element(
        "svg",
        { class: "share", "aria-hidden": "true" },
        bar(view.home, { width: `${stat.share}%` }),
        bar(view.away, { x: `${stat.share}%`, width: `${100 - stat.share}%` }),
      ),
    ),
  );
  replaceIfOther(card.querySelector("dl"), made);
}

function replaceIfOther(holder, children) {
  const made = holder.cloneNode(false);
  made.append(...children);
  if (made.innerHTML !== holder.innerHTML) holder.replaceChildren(...made.childNodes);
}

/** The timeline, keyed by seq: a line that says the same as before keeps its node. @param {Line[]} told */
export function paintLines(list, told, view) {
  const held = new Map([...list.children].map((node) => [node.dataset.seq, node]));
  const first = held.size > 0;
  let after = null;
  for (const line of told) {
    const made = lineNode(line, view);
    const old = held.get(String(line.seq));
    const node = old && old.outerHTML.replace(" fresh", "") === made.outerHTML ? old : made;
    if (!old && first) node.classList.add("fresh");
    if (old && node !== old) old.remove();
    held.delete(String(line.seq));
    const place = after ? after.nextSibling : list.firstChild;
    if (place !== node) list.insertBefore(node, place);
    after = node;
  }
  for (const gone of held.values()) gone.remove();
}

/** @param {Line} line @param {Board} view */
function lineNode(line, view) {
  const what = element("span", { class: "what" }, element("b", {}, line.title));
  if (line.who) what.append(" ", element("span", { class: "who" }, line.who));
  if (line.struck) what.append(element("em", {}, line.struck));
  if (line.notes) what.append(element("small", {}, line.notes));
  const node = element(
    "li",
    { class: `ev w-${line.weight}${line.struck ? " struck" : ""}`, "data-seq": String(line.seq) },
    element("span", { class: "at" }, line.when),
    icon(line.icon),
    what,
  );
  if (line.key) node.setAttribute("data-key", "");
  if (line.side) {
    node.append(crest(view[line.side], { title: view[line.side].name }));
  }
  if (line.score) node.append(element("b", { class: "run" }, line.score));
  return node;
}

/** The document's title: `2–1 Argentina v France · 67'`. @param {Board} view */
export function title(view) {
  const teams = `${view.home.name} v ${view.away.name}`;
  if (view.group === "next") return teams;
  return `${view.home.score}–${view.away.score} ${teams} · ${[view.short, view.sub].filter(Boolean).join(" ")}`;
}

/** As the viewer's language writes them, in the zone that they have chosen. */
function formats(timeZone) {
  const made = (given) => new Intl.DateTimeFormat(undefined, { timeZone, ...given });
  return {
    clock: made({ hour: "numeric", minute: "2-digit" }),
    day: made({ day: "numeric", month: "short" }),
    dayOfYear: made({ day: "numeric", month: "short", year: "numeric" }),
    full: made({ dateStyle: "full", timeStyle: "short" }),
    date: made({ dateStyle: "short" }),
    year: made({ year: "numeric" }),
  };
}

/**
 * Times in the viewer's own zone; a start without a time of day stays TBD.
 * @param {ParentNode} root @param {number} now @param {string=} timeZone the browser's, unless named
 */
export function localiseTimes(root, now, timeZone) {
  const format = formats(timeZone);
  const today = new Date(now);
  for (const node of root.querySelectorAll("[data-when]")) {
    const start = node.getAttribute("datetime") ?? node.closest("[data-start]")?.dataset.start ?? "";
    const at = new Date(start);
    if (!start.includes("T") || Number.isNaN(at.getTime())) continue;
    const kind = node.dataset.when;
    if (kind === "clock") node.textContent = format.clock.format(at);
    else if (kind === "full") node.textContent = format.full.format(at);
    else if (format.date.format(at) === format.date.format(today)) node.textContent = node.closest("[data-hero]") ? "Today" : "";
    else node.textContent = (format.year.format(at) === format.year.format(today) ? format.day : format.dayOfYear).format(at);
  }
}

const LINKS = {
  connecting: "connecting",
  live: "live",
  reconnecting: "reconnecting",
  polling: "polling",
  off: "paused",
  refused: "not live",
  ended: "ended",
};

/** The discreet state of the connection. @param {keyof typeof LINKS} state */
export function paintLink(state) {
  const node = document.getElementById("link");
  node.dataset.state = state;
  node.textContent = LINKS[state];
  document.documentElement.dataset.link = state;
}

/**
 * The server's wall time as far as it can be known: every sign of it reaches us late, so each one bounds
 * our own clock's lead from above, and the smallest bound is the best.
 */
export class Wall {
  /** @param {number} serverMs when the page was made */
  constructor(serverMs) {
    this.lead = Date.now() - serverMs;
  }

  /** @param {number} serverMs when an update was made */
  hear(serverMs) {
    this.lead = Math.min(this.lead, Date.now() - serverMs);
  }

  now() {
    return Date.now() - this.lead;
  }
}
