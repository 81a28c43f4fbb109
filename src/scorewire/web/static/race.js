// The race of the page /how: a practice game of this node, and four readers of it. Nothing runs before the button is pressed.

import { BEAT_BYTES, Polling, Socketed, Streamed } from "./readers.js";
import { behind, column, crowd } from "./tally.js";

const FANS = 1_000_000;
const BEAT_S = 15;
const ASKED_S = [2, 10];
const SAMPLES = 7;
const LATE_MS = 3000;

const button = document.getElementById("race-start");
const said = document.getElementById("race-said");
const progress = document.getElementById("race-progress");
const result = document.getElementById("race-result");

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const number = (value) => Math.round(value).toLocaleString("en");
const time = (ms) => (Number.isNaN(ms) ? "–" : ms < 1 ? "< 1 ms" : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
const bytes = (value) => (value < 10_000 ? `${number(value)} B` : value < 1e6 ? `${number(value / 1000)} kB` : value < 1e9 ? `${(value / 1e6).toFixed(1)} MB` : `${(value / 1e9).toFixed(2)} GB`);

// The difference between the node's clock and this browser's, from the quickest of some questions.
async function readClock(game) {
  let best = { way: Infinity, ahead: 0 };
  for (let count = 0; count < SAMPLES; count++) {
    const asked = performance.now();
    const { now_ms } = await (await fetch(`/v1/how/races/${game}`, { cache: "no-store" })).json();
    const way = performance.now() - asked;
    // The node's milliseconds are whole ones, half of which is lost on average.
    if (way < best.way) best = { way, ahead: now_ms + 0.5 - (asked + way / 2) };
  }
  return best;
}

function row(title, columns, tell, kind = "") {
  return element("tr", kind ? { class: kind } : {}, element("th", { scope: "row" }, title), ...columns.map((one) => element("td", {}, tell(one))));
}

function table(columns, race) {
  const span_s = race.span_ms / 1000;
  const all = columns.map((one) => ({ ...one, crowd: crowd(one, { fans: FANS, span_s, beat_s: BEAT_S, beat_bytes: BEAT_BYTES }) }));
  const rows = [
    row("A change is late by, median", all, (one) => time(one.median), "big"),
    row("95 of 100 changes, at most", all, (one) => time(one.p95)),
    row("The latest change", all, (one) => time(one.worst)),
    row("Requests", all, (one) => number(one.requests)),
    row("Bytes received", all, (one) => bytes(one.bytes)),
    row("Changes known in the end", all, (one) => `${one.changes} of ${race.changes}`),
    row("of them, seen one by one", all, (one) => number(one.seen)),
  ];
  if (all.some((one) => one.leftOut)) rows.push(row("Questions left out, for want of time", all, (one) => number(one.leftOut)));
  rows.push(
    element("tr", { class: "group" }, element("th", { scope: "colgroup", colspan: all.length + 1 }, "For a million fans: multiplied from the above, not measured")),
    row("Requests a second", all, (one) => number(one.crowd.asked_s)),
    row("Bytes a second", all, (one) => bytes(one.crowd.bytes_s)),
  );
  const head = element("tr", {}, element("td", {}), ...all.map((one) => element("th", { scope: "col" }, one.name)));
  return element("table", { class: "racetable" }, element("caption", { class: "unseen" }, "What each of the four readers cost and how late it was"), element("thead", {}, head), element("tbody", {}, ...rows));
}

// One strip a reader: the half hour from left to right, a grey line for each change, red until the reader had it.
function strip(one, begins, span, speed) {
  const x = (at) => ((at - begins) * speed * 1000) / span;
  const marks = one.late.flatMap(({ had, late }) => [
    drawn("rect", { class: "late", x: x(had).toFixed(2), y: 0, width: ((late * 1000) / span).toFixed(2), height: 22 }),
    drawn("rect", { class: "had", x: x(had).toFixed(2), y: 0, width: 1, height: 22 }),
  ]);
  const label = element("p", {}, element("b", {}, one.name), `not the newest score for ${time(behind(one.late, speed))}`);
  return [label, drawn("svg", { viewBox: "0 0 1000 22", preserveAspectRatio: "none", "aria-hidden": "true" }, ...marks)];
}

function show(columns, race, begins, clock) {
  const minutes = race.span_ms < 90_000 ? `${Math.round(race.span_ms / 1000)} seconds` : `${Math.round(race.span_ms / 60_000)} minutes`;
  const strips = columns.map((one) => strip(one, begins, race.span_ms, race.speed)).flat();
  result.replaceChildren(
    element("p", { class: "told" }, `${race.changes} changes within ${minutes} of ${race.home} v ${race.away}, at ${race.speed} times the speed. The two clocks were compared to within ${(clock.way / 2 + 0.5).toFixed(1)} ms, and no delay is known better than that.`),
    element("div", { class: "scroll" }, table(columns, race)),
    element("div", { class: "strips" }, ...strips),
    element("p", { class: "told" }, `Bytes a second count a heartbeat each ${BEAT_S} s for those who are told (${BEAT_BYTES.sse} bytes, ${BEAT_BYTES.socket} over WebSocket), which a race is too short for; and each comes once, so their requests are spread over the whole time.`),
  );
  result.hidden = false;
}

async function begin() {
  const answer = await fetch("/v1/how/races", { method: "POST" });
  if (answer.status === 201) return answer.json();
  const wait = answer.headers.get("retry-after");
  throw new Error(wait ? `No race can begin now: as many as this node plays at a time are being played, or it has no game with enough to tell yet. Try again in ${wait} s.` : `No race can begin here: this address answers ${answer.status}.`);
}

async function run() {
  const race = await begin();
  said.textContent = `The readers run; this takes ${Math.ceil((race.ends_ms - race.now_ms) / 1000)} seconds.`;
  const readers = [
    new Streamed("SSE", race.game_id),
    new Socketed("WebSocket", race.game_id),
    ...ASKED_S.map((seconds) => new Polling(`Asking each ${seconds} s`, race.game_id, (seconds * 1000) / race.speed)),
  ];
  let hidden = document.hidden;
  const leave = () => (hidden ||= document.hidden);
  document.addEventListener("visibilitychange", leave);
  try {
    const clock = await readClock(race.game_id);
    await Promise.all(readers.map((one) => one.open()));
    const begins = race.begins_ms - clock.ahead;
    const ends = race.ends_ms - clock.ahead;
    await pause(Math.max(0, begins - performance.now()));
    for (const one of readers.slice(2)) one.begin();
    progress.hidden = false;
    const slowest = (ASKED_S.at(-1) * 1000) / race.speed;
    // A busy browser's timers are late: whoever lacks a change is given a little longer.
    const lack = () => readers.some((one) => one.heard.size < race.changes);
    for (let now = performance.now(); now < ends + slowest || (lack() && now < ends + slowest + LATE_MS); now = performance.now()) {
      progress.value = Math.min(1, (now - begins) / (ends - begins));
      await pause(Math.max(20, Math.min(200, ends + slowest - now)));
    }
    for (const one of readers.slice(2)) one.close();
    await pause(300); // For what is still under way.
    const { moments } = await (await fetch(`/v1/how/races/${race.game_id}`, { cache: "no-store" })).json();
    if (hidden) throw new Error("This page was out of sight, where browsers slow it down, so nothing was measured. Keep it in front.");
    const had = moments.map(({ seq, ts }) => ({ seq, had: ts + 0.5 - clock.ahead }));
    show(readers.map((one) => column(one, had, race.speed)), race, begins, clock);
  } finally {
    document.removeEventListener("visibilitychange", leave);
    for (const one of readers) one.close();
    progress.hidden = true;
  }
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    result.hidden = true;
    said.textContent = "The readers get ready.";
    try {
      await run();
      said.textContent = "Done: see below.";
    } catch (error) {
      said.textContent = error.message;
    }
    button.disabled = false;
    button.textContent = "Race again";
  });
}
