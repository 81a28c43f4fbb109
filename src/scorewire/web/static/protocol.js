// What a reader does with the frames of a stream: a pure state machine, without network or page.

/**
 * @typedef {import("./board.js").ScoreState} ScoreState
 * @typedef {{type: "full_state", game_id: string, epoch: string, seq: number, reason: string, state: ScoreState}} FullState
 * @typedef {{type: "score_update", game_id: string, seq: number, event?: object, patch?: object, ts: number}} ScoreUpdate
 * @typedef {"replaced"|"applied"|"repeated"|"gap"} Verdict
 */

export const EVENTS_KEPT = 50;
const PENDING_MAX = 50;

/** RFC 7396 as a new object; `target` is left alone. */
export function mergePatch(target, patch) {
  const result = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else if (typeof value === "object" && !Array.isArray(value)) {
      const held = result[name];
      result[name] = mergePatch(typeof held === "object" && held !== null && !Array.isArray(held) ? held : {}, value);
    } else result[name] = value;
  }
  return result;
}

/** @param {ScoreState} state @param {ScoreUpdate} update the one whose seq is the state's plus one */
export function applyUpdate(state, update) {
  const next = mergePatch(state, update.patch ?? {});
  if (update.event) next.events = [...(state.events ?? []), update.event].slice(-EVENTS_KEPT);
  next.seq = update.seq;
  next.updated_at = update.ts;
  return next;
}

/** One followed game: its newest state, and updates that came before the ones they build on. */
export class Follow {
  /** @param {ScoreState=} state */
  constructor(state) {
    this.state = state;
    /** @type {ScoreUpdate[]} */
    this.pending = [];
  }

  /** @param {FullState|ScoreUpdate} frame @returns {Verdict} on `gap` the caller fetches the state anew */
  take(frame) {
    return frame.type === "full_state" ? this.replace(frame.state) : this.update(frame);
  }

  /** A full state replaces, but never steps back within one epoch. @param {ScoreState} state @returns {Verdict} */
  replace(state) {
    const held = this.state;
    if (held && held.epoch === state.epoch && held.seq >= state.seq) return "repeated";
    if (held && held.epoch !== state.epoch) this.pending = [];
    this.state = state;
    const waiting = this.pending;
    this.pending = [];
    for (const update of waiting) this.update(update);
    return "replaced";
  }

  /** @param {ScoreUpdate} update @returns {Verdict} */
  update(update) {
    if (this.state && update.seq <= this.state.seq) return "repeated";
    if (this.state && update.seq === this.state.seq + 1) {
      this.state = applyUpdate(this.state, update);
      return "applied";
    }
    this.pending = [...this.pending, update].slice(-PENDING_MAX);
    return "gap";
  }
}

/** The cursor of what is held: `EPOCH!GAME!SEQ!...`, at most 2 KiB; what does not fit comes as full states. */
export function writeCursor(states) {
  const [first] = states;
  if (!first) return "";
  let text = first.epoch;
  for (const state of states) {
    const part = `!${state.game_id}!${state.seq}`;
    if (state.epoch !== first.epoch || text.length + part.length > 2048) continue;
    text += part;
  }
  return text;
}

/** Full jitter: anywhere between nothing and the doubled wait, at most 30 s. */
export function backOffMs(failures, random = Math.random) {
  return Math.round(random() * Math.min(30_000, 1000 * 2 ** failures));
}
