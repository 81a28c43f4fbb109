// The settings of every page: the dialog, hidden scores and how to see them, links that keep the delay, and the key
// that leads to the search. What is chosen is kept by chosen.js.
import { again, choose, chosen, delay, heard, reveal, revealed, tellZone } from "./chosen.js";

const root = document.documentElement;
const dialog = document.getElementById("settings");
const opener = document.getElementById("settings-open");
const fields = dialog.querySelectorAll("[name]");

function show() {
  const now = chosen();
  for (const field of fields) {
    if (field.type === "radio") field.checked = field.value === now[field.name];
    else if (field.type === "checkbox") field.checked = Boolean(now[field.name]);
    else field.value = String(now[field.name]);
  }
  sayDelay(now.delay);
}

function sayDelay(seconds) {
  dialog.querySelector("output").textContent = seconds ? `${seconds} s` : "none";
  for (const button of dialog.querySelectorAll("[data-delay]")) button.setAttribute("aria-pressed", String(Number(button.dataset.delay) === seconds));
}

/** Every zone that the browser knows; made when the dialog is first opened, because there are over four hundred. */
function fillZones() {
  const list = dialog.querySelector('[name="zone"]');
  if (list.options.length > 1) return;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  list.options[0].textContent = `Automatic (${own.replaceAll("_", " ")})`;
  for (const name of Intl.supportedValuesOf?.("timeZone") ?? []) list.add(new Option(name.replaceAll("_", " "), name));
}

opener.addEventListener("click", () => {
  fillZones();
  show();
  dialog.showModal();
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
  const step = event.target.closest("button[data-delay]");
  if (step) take("delay", Number(step.dataset.delay));
});
dialog.addEventListener("input", ({ target }) => target.name === "delay" && sayDelay(Number(target.value)));
dialog.addEventListener("change", ({ target }) => {
  if (target.type === "checkbox") take(target.name, target.checked ? target.value : "");
  else take(target.name, target.type === "range" ? Number(target.value) : target.value);
});
// A page is made for one delay and one zone: it is read anew once the viewer is done.
dialog.addEventListener("close", () => renew());

let [zoneBefore, delayBefore] = [chosen().zone, delay()];
function take(name, value) {
  choose({ [name]: value });
  show();
  cover(document);
}

function renew() {
  const now = chosen();
  // A page that cannot be late hides its scores instead: reading it anew would change nothing.
  const late = "delay" in root.dataset && now.delay !== delayBefore;
  if (now.zone === zoneBefore && !late) return;
  const url = new URL(location.href);
  now.delay ? url.searchParams.set("delay", now.delay) : url.searchParams.delete("delay");
  url.searchParams.delete("tz");
  zoneBefore = now.zone;
  if (url.href === location.href) location.reload();
  else location.replace(url);
}

addEventListener("storage", (event) => {
  if (!heard(event)) return;
  cover(document);
  if (!dialog.open) renew();
});
// A page that comes back as it was left has heard of no choice meanwhile.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  again();
  cover(document);
  renew();
});

/** Links to pages of ours keep the delay, so that no page has to be left for its delayed self. */
function keepDelay(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || link.origin !== location.origin || link.pathname.startsWith("/v1/")) return;
  const url = new URL(link.href);
  if (delay()) url.searchParams.set("delay", delay());
  else url.searchParams.delete("delay");
  if (url.href !== link.href) link.href = url;
}
for (const kind of ["click", "auxclick"]) document.addEventListener(kind, keepDelay, { capture: true });

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "reveal";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** Where scores are hidden, each game has a button that shows its own. @param {ParentNode} within */
export function cover(within) {
  if (root.dataset.scores !== "hidden") return;
  const known = revealed();
  for (const entry of within.querySelectorAll(".entry")) {
    const row = entry.querySelector("[data-game]");
    if (known.has(row.dataset.game)) entry.dataset.shown = "";
    if ("shown" in entry.dataset || entry.querySelector(".reveal")) continue;
    const names = [...row.querySelectorAll(".name")].map((name) => name.textContent).join(" v ");
    const made = button("Show", () => {
      reveal(row.dataset.game);
      entry.dataset.shown = "";
      row.focus();
    });
    made.setAttribute("aria-label", `Show the score of ${names}`);
    entry.append(made);
  }
  for (const hero of within.querySelectorAll("[data-hero]")) coverHero(hero, known);
  coverPage();
}

function coverHero(hero, known) {
  const whole = hero.closest("#feature, .nowcard, main");
  if (known.has(hero.dataset.hero)) whole.dataset.shown = "";
  if ("shown" in whole.dataset || hero.querySelector(".reveal")) return;
  const made = button("Show the score", () => {
    reveal(hero.dataset.hero);
    whole.dataset.shown = "";
    hero.tabIndex = -1;
    hero.focus();
    dispatchEvent(new Event("revealed"));
  });
  hero.querySelector(".duel").after(made);
}

/** A page that tells more than its rows of games, such as a table: one button for all of it. */
function coverPage() {
  const main = document.getElementById("main");
  const more = [...main.querySelectorAll("[data-spoiler]")].some((part) => !part.closest(".entry"));
  if (main.querySelector("[data-hero], .covered") || !more) return;
  const told = document.createElement("p");
  told.className = "covered card";
  told.append("Scores are hidden. ", button("Show them on this page", () => {
    main.dataset.shown = "";
    told.remove();
  }));
  main.prepend(told);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  event.preventDefault();
  document.getElementById("search").focus();
});

tellZone();
cover(document);
