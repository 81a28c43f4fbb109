// One full sentence for each change that a listener cares about, never more than one in five seconds.
import { eventWords } from "./timeline.js";

const QUIET_MS = 5_000;

/**
 * What a change says, or nothing. @param {import("./scores.js").Board} before @param {import("./scores.js").Board} after
 * @param {string} sport @param {import("./timeline.js").CompactEvent=} event
 */
export function sentence(before, after, sport, event) {
  const score = `${after.home.name} ${after.home.score || 0}, ${after.away.name} ${after.away.score || 0}`;
  const scored = before.home.score !== after.home.score || before.away.score !== after.away.score;
  const status = before.status !== after.status ? after.status : "";
  const entry = event && eventWords(sport, event.type);
  const told = entry && ["score", "card", "correction", "review"].includes(entry.weight) ? eventText(entry, event, after) : "";
  if (scored) return `${told || "Score"}: ${score}${after.short ? `, ${[after.short, after.sub].filter(Boolean).join(" ")}` : ""}.`;
  if (told) return `${told}. ${score}.`;
  return status ? `${status}: ${score}.` : "";
}

function eventText(entry, event, after) {
  const text = entry.text.replace(/:? ?\{.*?\}/, "");
  const team = event.team ? `, ${after[event.team].name}` : "";
  return `${text}${team}${event.player ? `, ${event.player}` : ""}`;
}

/** Speaks into the page's polite region; while it must be quiet, the newest sentence of each game waits. */
export class Announcer {
  /** @param {Element} region @param {(gameId: string) => boolean} hides of which games nothing is to be said */
  constructor(region, hides = () => false) {
    this.region = region;
    this.hides = hides;
    this.waiting = new Map();
    this.timer = 0;
  }

  /** @param {string} gameId @param {string} text */
  say(gameId, text) {
    if (!text || this.hides(gameId)) return;
    this.waiting.delete(gameId);
    this.waiting.set(gameId, text);
    if (!this.timer) this.speak();
  }

  speak() {
    this.timer = 0;
    if (!this.waiting.size) return;
    this.region.textContent = [...this.waiting.values()].join(" ");
    this.waiting.clear();
    this.timer = setTimeout(() => this.speak(), QUIET_MS);
  }
}
