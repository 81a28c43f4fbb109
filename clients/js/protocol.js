// The protocol of a reader as a state machine, without network, clock or page; docs/protocol.md, section 3.1.
// EventReader makes events of bytes, Session says what to do next. scorewire.js is the shell around them.
// src/scorewire/client is the same machine in Python, and both pass the table in tests/protocol_cases.

const CONNECT_MS = 10_000;
const SILENCE_MS = 45_000; // A stream beats every 15 s.
const BEAT_MS = 20_000; // Who wakes up and has heard nothing for so long does not trust the line.
const BACK_OFF_MS = 1_000;
const BACK_OFF_MS_MAX = 30_000;
const SETTLED_MS = 10_000;
const FAILURES_BEFORE_POLLING = 3;
const POLL_MS = 10_000;
const POLL_JITTER_MS = 2_000;
const TOLD_MS_MAX = 600_000; // A server that asks for more is asked again after this.
const PENDING_MAX = 50;
const EVENTS_KEPT = 50;
const BLOCK_CHARACTERS_MAX = 1_048_576;
const KNOWN = new Set(["full_state", "score_update", "standings_update", "bye"]);
const TRY_AGAIN = new Set([408, 425, 429]);

/**
 * @typedef {{game_id: string, epoch: string, seq: number, [name: string]: any}} ScoreState docs/protocol.md, section 2
 * @typedef {"join"|"rejoin"|"resync"|"correction"|"update"|"poll"} Kind
 * @typedef {{kind: Kind, game_id: string, state: ScoreState, event?: object, ts?: number}} Update
 * @typedef {{league_id: string, season: string, version?: number, table: object}} Standings as it stands; it replaces
 * @typedef {"off"|"connecting"|"live"|"reconnecting"|"polling"|"refused"|"ended"} LinkState
 */

/** Server-sent events out of bytes, in whatever pieces they come. Source: WHATWG HTML 9.2.5, 9.2.6. */
export class EventReader {
  constructor(lastId = "") {
    Object.assign(this, { lastId, retryMs: undefined, id: lastId, event: "", data: [], rest: "", held: 0, afterCr: false });
    this.decoder = new TextDecoder();
  }

  /** @param {Uint8Array} chunk @returns {{event: string, data: string, lastId: string}[]} */
  feed(chunk) {
    let text = this.decoder.decode(chunk, { stream: true });
    if (!text) return [];
    // A line that ended with CR is over at once; the LF that may follow it is part of the same end.
    if (this.afterCr && text[0] === "\n") text = text.slice(1);
    this.afterCr = text.endsWith("\r");
    const lines = (this.rest + text).split(/\r\n|\r|\n/);
    this.rest = lines.pop();
    const found = [];
    for (const line of lines) {
      this.held += line.length;
      if (line) this.field(line);
      else this.dispatch(found);
    }
    if (this.held + this.rest.length > BLOCK_CHARACTERS_MAX) throw new Error("this is not an event stream");
    return found;
  }

  dispatch(found) {
    this.lastId = this.id;
    if (this.data.length) found.push({ event: this.event || "message", data: this.data.join("\n"), lastId: this.lastId });
    Object.assign(this, { event: "", data: [], held: 0 });
  }

  field(line) {
    const [, name, value] = /^([^:]*):? ?([^]*)$/.exec(line);
    if (name === "data") this.data.push(value);
    else if (name === "event") this.event = value;
    else if (name === "id" && !value.includes("\0")) this.id = value;
    else if (name === "retry" && /^[0-9]+$/.test(value)) this.retryMs = Number(value);
  }
}

/** RFC 7396 as a new object; `target` is left alone. */
export function mergePatch(target, patch) {
  const result = { ...target };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else if (isTree(value)) result[name] = mergePatch(isTree(result[name]) ? result[name] : {}, value);
    else result[name] = value;
  }
  return result;
}

/** @param {ScoreState} state @param {object} update the one whose seq is the state's plus one */
export function applyUpdate(state, update) {
  const next = mergePatch(state, update.patch ?? {});
  if (update.event) next.events = [...(state.events ?? []), update.event].slice(-EVENTS_KEPT);
  next.seq = update.seq;
  next.updated_at = update.ts;
  return next;
}

/** One followed game: its newest state, and updates that came before the ones they build on. */
class Game {
  /** @param {ScoreState=} state */
  constructor(state) {
    this.state = state;
    this.pending = [];
  }

  /** A full state replaces, but never steps back within one epoch. */
  replace(state) {
    const held = this.state;
    if (held && held.epoch === state.epoch) {
      if (held.seq >= state.seq) return "repeated";
    } else if (held) this.pending = [];
    this.state = state;
    const waiting = this.pending;
    this.pending = [];
    for (const update of waiting) this.update(update);
    return "replaced";
  }

  /** An update counts only if it is the next one. */
  update(update) {
    const held = this.state;
    if (held && update.seq <= held.seq) return "repeated";
    if (!held || update.seq !== held.seq + 1) {
      this.pending = [...this.pending, update].slice(-PENDING_MAX);
      return "gap";
    }
    this.state = applyUpdate(held, update);
    return "applied";
  }
}

/**
 * What a reader does: told what happens, each with the time now, it gives effects in order: `["connect", cursor]`,
 * `["close"]`, `["read", game]` (its /score, then tell `repaired`), `["poll"]` (everything, then tell `polled`),
 * `["update", update]`, `["standings", table]`, `["link", state]`, `["refused", status]`. `due` is when `tick` is wanted. Times are
 * milliseconds on a clock that never goes back. A cursor is used only while nothing is missing.
 */
export class Session {
  /** @param {{random?: () => number, cursor?: string, states?: ScoreState[]}} given */
  constructor({ random = () => Math.random(), cursor = "", states = [] } = {}) {
    Object.assign(this, { random, cursor, effects: [], link: "off", phase: "off", failures: 0, retryMs: BACK_OFF_MS });
    Object.assign(this, { openedAt: 0, heardAt: 0, polling: false, reading: new Set(), reader: new EventReader() });
    this.at = { connect: undefined, silent: undefined, poll: undefined };
    this.games = new Map(states.map((state) => [state.game_id, new Game(state)]));
    this.tables = new Map();
  }

  get due() {
    const times = Object.values(this.at).filter((at) => at !== undefined);
    return times.length ? Math.min(...times) : undefined;
  }

  take() {
    return this.effects.splice(0);
  }

  start(now) {
    if (this.phase !== "off") return;
    this.show("connecting");
    this.connect(now);
  }

  /** Let go of everything but what is held. @param {LinkState} link */
  stop(link = "off") {
    this.drop();
    Object.assign(this, { phase: "off", failures: 0, polling: false });
    this.at.connect = this.at.poll = undefined;
    this.reading.clear();
    this.show(link);
  }

  /** Connect at once: what is followed has changed, or the network is back. */
  again(now) {
    if (this.phase === "off") return;
    this.drop();
    this.show("reconnecting");
    this.connect(now);
  }

  /** The device or the page was asleep: the line may be dead and still look open. */
  wake(now) {
    if (this.phase !== "waiting" && !(this.phase === "open" && now - this.heardAt > BEAT_MS)) return;
    this.failures = 0;
    this.again(now);
  }

  /** The head of the answer to `connect`. @param {Object<string, string>} headers names in small letters */
  answered(now, status, headers) {
    if (this.phase !== "opening") return;
    if (status === 200 && (headers["content-type"] ?? "").startsWith("text/event-stream")) {
      this.phase = "open";
      this.openedAt = this.heardAt = now;
      this.at.silent = now + SILENCE_MS;
    } else if (status === 204) {
      this.stop("ended"); // of a playback, told before
    } else if (status === 200 || status >= 500 || TRY_AGAIN.has(status)) {
      // A 200 of another kind is somebody's sign-in page: it goes away.
      this.fail(now, undefined, retryAfterMs(headers));
    } else {
      this.stop("refused");
      this.effects.push(["refused", status]);
    }
  }

  /** Bytes of the stream. @param {Uint8Array} chunk */
  heard(now, chunk) {
    if (this.phase !== "open") return;
    this.heardAt = now;
    this.at.silent = now + SILENCE_MS;
    let messages;
    try {
      messages = this.reader.feed(chunk);
    } catch {
      return this.fail(now);
    }
    if (this.reader.retryMs !== undefined) this.retryMs = Math.min(this.reader.retryMs, BACK_OFF_MS_MAX);
    for (const message of messages) {
      this.cursor = message.lastId;
      this.message(now, message);
      if (this.phase !== "open") return;
    }
    this.cursor = this.reader.lastId;
    this.at.poll = undefined;
    this.show("live");
  }

  /** The connection has ended, or could not be made. */
  lost(now) {
    if (this.phase === "opening" || this.phase === "open") this.fail(now);
  }

  tick(now) {
    if (this.at.connect <= now) this.connect(now);
    else if (this.at.silent <= now) this.fail(now);
    if (this.at.poll <= now) {
      this.at.poll = undefined;
      this.polling = true;
      this.effects.push(["poll"]);
    }
  }

  /** @param {ScoreState[]|undefined} states what a poll has brought; undefined where it failed */
  polled(now, states, headers = {}) {
    this.polling = false;
    for (const state of states ?? []) this.replace(state, "poll");
    if ((this.phase === "waiting" || this.phase === "opening") && this.failures >= FAILURES_BEFORE_POLLING) {
      this.show(states ? "polling" : "reconnecting");
      this.at.poll = now + Math.max(POLL_MS + this.random() * POLL_JITTER_MS, retryAfterMs(headers));
    }
  }

  /** A league's table, of a frame, a poll or another tab; told if it differs from the one held. @param {Standings} table */
  readTable(table) {
    const content = ({ season, table }) => JSON.stringify([season, table]);
    const held = this.tables.get(table.league_id);
    if (held && content(held) === content(table)) return;
    this.tables.set(table.league_id, table);
    this.effects.push(["standings", table]);
  }

  /** What `read` has brought; where it leaves the gap open, full states are asked for. @param {ScoreState=} state */
  repaired(now, gameId, state) {
    if (!this.reading.delete(gameId)) return;
    if (state) this.replace(state, "resync");
    if (this.games.get(gameId).pending.length) this.lost(now);
  }

  /** An update that another tab has heard for us, with the cursor after it. @param {Update} update */
  relayed(update, cursor) {
    this.cursor = cursor;
    if (this.game(update.game_id).replace(update.state) === "replaced") this.effects.push(["update", update]);
  }

  connect(now) {
    if ([...this.games.values()].some((game) => game.pending.length)) this.cursor = "";
    this.phase = "opening";
    this.reader = new EventReader(this.cursor);
    this.at.connect = undefined;
    this.at.silent = now + CONNECT_MS;
    this.effects.push(["connect", this.cursor]);
  }

  drop() {
    if (this.phase === "opening" || this.phase === "open") this.effects.push(["close"]);
    this.at.silent = undefined;
  }

  fail(now, toldMs, notBeforeMs = 0) {
    this.drop();
    if (this.phase === "open" && now - this.openedAt >= SETTLED_MS) this.failures = 0;
    this.phase = "waiting";
    this.failures += 1;
    // What a `bye` says is obeyed as it stands: the server spreads its readers.
    const wait = toldMs === undefined ? notBeforeMs + backOffMs(this.failures, this.retryMs, this.random) : Math.min(toldMs, TOLD_MS_MAX);
    this.at.connect = now + wait;
    if (this.failures < FAILURES_BEFORE_POLLING) this.show("reconnecting");
    else if (this.at.poll === undefined && !this.polling) {
      this.show("polling");
      this.at.poll = now;
    }
  }

  message(now, { event, data }) {
    if (!KNOWN.has(event)) return;
    const content = read(data, event);
    if (!content) {
      // A proxy has cut or mixed something: what is held is sound, what comes now is not.
      this.cursor = "";
      this.fail(now);
    } else if (event === "bye" && content.reason === "end") this.stop("ended");
    else if (event === "bye") this.fail(now, content.retry_ms >= 0 ? content.retry_ms : undefined);
    else {
      if (event === "standings_update") this.readTable(content);
      else this.frame({ ...content, type: event });
      this.failures = 0;
    }
  }

  frame(frame) {
    if (frame.type === "full_state") return this.replace(frame.state, frame.reason);
    const game = this.game(frame.game_id);
    const verdict = game.update(frame);
    if (verdict === "applied") {
      this.effects.push(["update", { kind: "update", game_id: frame.game_id, state: game.state, event: frame.event, ts: frame.ts }]);
    } else if (verdict === "gap" && !this.reading.has(frame.game_id)) {
      this.reading.add(frame.game_id);
      this.effects.push(["read", frame.game_id]);
    }
  }

  replace(state, kind) {
    const game = this.game(state.game_id);
    if (game.replace(state) !== "replaced") return;
    this.effects.push(["update", { kind, game_id: state.game_id, state: game.state }]);
  }

  game(gameId) {
    if (!this.games.has(gameId)) this.games.set(gameId, new Game());
    return this.games.get(gameId);
  }

  show(link) {
    if (link === this.link) return;
    this.link = link;
    this.effects.push(["link", link]);
  }
}

/** Full jitter: anywhere between nothing and the doubled wait. @param {number} failures in a row, from 1 */
export function backOffMs(failures, firstMs = BACK_OFF_MS, random = Math.random) {
  return Math.round(random() * Math.min(firstMs * 2 ** Math.min(failures - 1, 20), BACK_OFF_MS_MAX));
}

/** Seconds, or a date against the answer's own Date; 0 where there is none. Source: RFC 9110 10.2.3. */
export function retryAfterMs(headers) {
  const value = (headers["retry-after"] ?? "").trim();
  const ms = /^[0-9]+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.parse(headers.date ?? "");
  return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), TOLD_MS_MAX);
}

function isTree(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A frame as decoded JSON, or undefined where it is not one of the protocol. */
function read(data, event) {
  let content;
  try {
    content = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isTree(content) || event === "bye") return isTree(content) ? content : undefined;
  if (event === "standings_update") {
    return typeof content.league_id === "string" && typeof content.season === "string" && isTree(content.table) ? content : undefined;
  }
  const whole = event === "full_state" ? isTree(content.state) && content.state.game_id === content.game_id : isTree(content.patch ?? {});
  return whole && Number.isInteger((content.state ?? content).seq) ? content : undefined;
}
