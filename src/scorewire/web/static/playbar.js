// Draws the bar of a playback as far as it has been played; the twin of web/pictures/playbar.py.
const WIDTH = 360;
const [LEFT, RIGHT] = [30, 26];
const LANES = { home: 13, away: 37 };
const [TOP, BARE, HIGH, REACH] = [54, 12, 66, 12];
const NAME_UNITS = 6; // of a letter of a period's name
const STEPS = [1, 2, 5, 10];

/** @typedef {{at: number, home: number, away: number}} Beat @typedef {{at: number, side: "home"|"away", seq: number, words: string}} Mark */

/** @param {Element} svg @param {{length: number, now: number, beats: Beat[], marks: Mark[], marked: boolean, periods: [number, string][], href: (seq: number) => string}} shown */
export function paintBar(svg, { length, now, beats, marks, marked, periods, href }) {
  const across = (at) => short(LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, Math.max(0, at / Math.max(length, 1))));
  const top = marked ? TOP : BARE;
  svg.querySelector(".drawn").replaceChildren(...lines(across, beats, now, top), ...parts(across, periods, length, top));
  svg.querySelector(".playhead").setAttribute("d", `M${across(now)} 4V${top + HIGH}`);
  const held = svg.querySelector(".marks");
  if (held.childElementCount !== marks.length || held.dataset.last !== String(marks.at(-1)?.seq)) {
    held.replaceChildren(...marks.map((one) => mark(one, across(one.at), href(one.seq))));
    held.dataset.last = String(marks.at(-1)?.seq);
  }
}

/** The axis backwards: where a finger lies. @param {Element} svg @param {number} clientX @param {number} length */
export function placeOf(svg, clientX, length) {
  const box = svg.getBoundingClientRect();
  const unit = ((clientX - box.left) / box.width) * WIDTH;
  return Math.round(Math.min(1, Math.max(0, (unit - LEFT) / (WIDTH - LEFT - RIGHT))) * length);
}

function lines(across, beats, now, top) {
  const last = beats.at(-1) ?? { home: 0, away: 0 };
  const values = ticks(Math.max(1, ...beats.flatMap(({ home, away }) => [home, away])));
  const up = (value) => short(top + HIGH - (HIGH * value) / values.at(-1));
  const made = [drawn("path", { class: "grid", d: values.map((value) => `M${LEFT} ${up(value)}H${WIDTH - RIGHT}`).join("") })];
  for (const value of values) made.push(label(LEFT - 4, up(value) + 3.4, value, { "text-anchor": "end" }));
  for (const side of ["away", "home"]) {
    let [d, held] = [`M${across(0)} ${up(0)}`, 0];
    for (const one of beats) {
      if (one[side] !== held) d += `H${across(one.at)}V${up(one[side])}`;
      held = one[side];
    }
    made.push(drawn("path", { class: `step ${side}`, d: `${d}H${across(now)}` }));
  }
  const leading = Math.max(last.home, last.away);
  const low = up(Math.min(last.home, last.away)) + 2;
  const high = Math.min(up(leading) + 2, low - 8.5);
  for (const side of ["home", "away"]) {
    const first = last[side] === leading && (side === "home" || last.home !== last.away);
    made.push(label(across(now) + 4, first ? high : low, last[side], { class: `${side} word` }));
  }
  return made;
}

function parts(across, periods, length, top) {
  const starts = periods.map(([at]) => across(at));
  const made = [drawn("path", { class: "part", d: starts.slice(1).map((x) => `M${x} ${top}V${top + HIGH}`).join("") })];
  periods.forEach(([, name], at) => {
    const end = starts[at + 1] ?? across(length);
    if (end - starts[at] >= name.length * NAME_UNITS) {
      made.push(label(short((starts[at] + end) / 2), top + HIGH + 12, name, { "text-anchor": "middle" }));
    }
  });
  return made;
}

function mark({ side, words }, x, href) {
  const y = LANES[side];
  const r = side === "home" ? 4.6 : 5.75;
  const shape = side === "home" ? { cx: x, cy: y, r } : { d: `M${x} ${y - r}l${r} ${r} ${-r} ${r} ${-r} ${-r}z` };
  const reach = drawn("circle", { class: "reach", cx: x, cy: y, r: REACH });
  const link = drawn("a", { href, "aria-label": words }, drawn("title", {}, words), reach);
  link.append(drawn(side === "home" ? "circle" : "path", { class: `fill ${side}`, ...shape }));
  return link;
}

/** Round whole numbers from 0 to at least `high`, about three of them. */
function ticks(high) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, high / 3)));
  const step = STEPS.map((one) => one * power).find((one) => one * 3 >= high) ?? power * 10;
  return Array.from({ length: Math.ceil(high / step) + 1 }, (_, at) => at * step);
}

function label(x, y, words, more) {
  return drawn("text", { x: short(x), y: short(y), ...more }, String(words));
}

function drawn(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function short(value) {
  return Math.round(value * 10) / 10;
}
