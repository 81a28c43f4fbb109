// What all widgets of a page share that show games of one node: a connection, what is known, and what is kept of it.
// A shell around protocol.js, as scorewire.js is, with less in it: a page that nobody sees follows nothing.
import { isLive } from "./live-score-says.js";
import { Session } from "./protocol.js";

/** @typedef {import("./protocol.js").ScoreState} ScoreState @typedef {import("./protocol.js").Update} Update */
/** @typedef {{state: ScoreState, at: number, heard?: boolean, mended?: number}} Held at: when it was last known to stand */

const KEPT_MAX = 20; // Games in a browser's storage, for one node.
const GRACE_MS = 4_000; // A line that comes back so soon is not worth a word.
const KEEP_MS = 2_000;
const HIDDEN_MS = 30_000;
const AGAIN_MS = 60_000;
export const MENDED_MS = 60_000;

const hubs = {};
const isOlder = (state, held) => held?.epoch === state.epoch && held.seq > state.seq;

/** @param {string} server @param {number} delay seconds */
export function hubOf(server, delay) {
  const name = `live-score ${server} ${delay}`;
  return (hubs[name] ??= new Hub(name, server, delay));
}

class Hub {
  constructor(name, server, delay) {
    Object.assign(this, { name, server, delay, widgets: new Set(), games: new Map(), unknown: new Set() });
    Object.assign(this, { session: new Session(), at: 0, wall: Date.now(), lost: 0, lead: delay * 1000 });
    for (const [id, [at, state]] of Object.entries(this.kept())) this.games.set(id, { state, at });
    // An open stream keeps a page out of the back-forward cache: a page that leaves lets go.
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", () => this.wake());
    addEventListener("online", () => this.run((now) => this.session.again(now)));
    document.addEventListener("visibilitychange", () => {
      clearTimeout(this.hiding);
      if (document.hidden) this.hiding = setTimeout(() => this.rest(), HIDDEN_MS);
      else this.wake();
    });
  }

  rest() {
    this.run(() => this.session.stop());
  }

  wake() {
    if (!this.asked || document.hidden) return;
    this.run((now) => this.session.start(now));
    this.run((now) => this.session.wake(now));
  }

  get wants() {
    return [...new Set([...this.widgets].map((one) => one.want))].filter((want) => want && !this.unknown.has(want)).sort();
  }

  /** Follow what the widgets want now; they may come, go and move many at a time. */
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const view = [...this.widgets].some((one) => one.count) ? "full" : "line";
      const asked = this.wants.join("&");
      if (view === this.view && asked === this.asked) return;
      if (view !== this.view || !asked) this.rest();
      if (view !== this.view) this.session = new Session();
      Object.assign(this, { asked, view });
      // A stream of a team or league tells of nothing that is long over.
      this.look(this.wants.filter((want) => want[0] !== "g" && !this.pick(want)), "&limit=1&status=final");
      this.run((now) => this.session.again(now));
      this.wake();
    });
  }

  /** Tell the session something, with a time that never goes back, and do what it says. */
  run(act) {
    const wall = Date.now();
    this.at += Math.max(wall - this.wall, 0);
    this.wall = wall;
    const { session } = this;
    act(this.at);
    for (const [what, given] of session.take()) this[what](given);
    clearTimeout(this.timer);
    if (session.due) this.timer = setTimeout(() => this.run((now) => session.tick(now)), Math.max(session.due - this.at, 0) + 1);
  }

  close() {
    this.line?.abort();
    this.line = undefined;
  }

  async connect(cursor) {
    const line = (this.line = new AbortController());
    const { session } = this;
    try {
      const answer = await this.fetch(`stream?${this.asked}&view=${this.view}&since=${encodeURIComponent(cursor)}`, line.signal);
      this.run((now) => session.answered(now, answer.status, Object.fromEntries(answer.headers)));
      for (const reader = answer.body.getReader(); this.line === line; ) {
        const { done, value } = await reader.read();
        if (done) break;
        if (this.line === line) this.run((now) => session.heard(now, value));
      }
    } catch {
      // The line is gone, or was let go.
    }
    if (this.line === line) this.run((now) => session.lost(now));
  }

  fetch(path, signal) {
    return fetch(`${this.server}/v1/${path}${this.delay ? `&delay=${this.delay}` : ""}`, { signal, cache: signal ? "no-store" : "no-cache" });
  }

  async read(gameId) {
    const { session } = this;
    const { states } = await this.ask(`game=${encodeURIComponent(gameId)}`);
    this.run((now) => session.repaired(now, gameId, states[0]));
  }

  async poll() {
    const { session } = this;
    const answers = await Promise.all(this.wants.map((want) => this.ask(want)));
    const failed = answers.find(({ status }) => status !== 200);
    this.run((now) => session.polled(now, failed ? undefined : answers.flatMap(({ states }) => states), failed?.headers));
    if (!failed && this.state === "polling") this.trust(true);
  }

  /** The newest state of a game; of a team or league those of a list. */
  async ask(want, more = "&limit=20") {
    const [scope, id] = want.split("=");
    try {
      const answer = await this.fetch(scope === "game" ? `games/${id}/score?` : `games?${want}${more}`);
      const told = answer.ok ? await answer.json() : { games: [] };
      return { status: answer.status, headers: Object.fromEntries(answer.headers), states: told.games ?? [told] };
    } catch {
      return { states: [] };
    }
  }

  /** One wrong name, and all are refused: each is asked for by itself. So it is where pages may not stream. */
  async refused() {
    const known = this.unknown.size;
    await this.look(this.wants);
    this.asked = undefined;
    setTimeout(() => this.settle(), this.unknown.size > known ? 0 : AGAIN_MS);
  }

  async look(wants, more) {
    for (const want of wants) {
      const { status, states } = await this.ask(want, more);
      for (const state of states) this.update({ state });
      if (states.length && this.unknown.delete(want)) this.settle();
      else if (!more && !states.length && [200, 400, 404].includes(status)) this.unknown.add(want);
    }
    clearTimeout(this.looking);
    if (this.unknown.size) this.looking = setTimeout(() => this.look([...this.unknown]), AGAIN_MS);
    this.paint();
  }

  /** @param {Update} told */
  update({ state, kind, event, ts }) {
    const [at, held] = [Date.now(), this.games.get(state.game_id)];
    // How far our clock is ahead of the server's, the way included: the smallest that was seen is the best guess.
    if (ts) this.lead = this.best = Math.min(this.best ?? Infinity, at - ts);
    const mended = kind === "correction" || event?.corrects ? at : held?.mended;
    this.games.set(state.game_id, { state: isOlder(state, held?.state) ? held.state : state, at, heard: true, mended });
    this.keeping ??= setTimeout(() => this.keep(), KEEP_MS);
    this.paint();
  }

  /** That it polls says nothing yet: what it brings does. */
  link(link) {
    this.state = link;
    if (link !== "polling") this.trust(link === "live");
  }

  trust(trusted) {
    if (this.trusted && !trusted) {
      this.lost = Date.now();
      setTimeout(() => this.paint(), GRACE_MS);
    }
    this.trusted = trusted;
    this.keep();
    this.paint();
  }

  /** @param {string} want @returns {Held|undefined} of a team or league the game that goes on, else the nearest in time */
  pick(want) {
    const [scope, id] = want.split("=").map(decodeURIComponent);
    if (scope === "game") return this.games.get(id);
    const far = ({ state }) => (isLive(state) ? 0 : Math.abs(Date.parse(state.start) - Date.now()));
    const isOf = ({ state: { home, away, league } }) => (scope === "team" ? home.id === id || away.id === id : league.id === id);
    return [...this.games.values()].filter(isOf).sort((one, other) => far(one) - far(other))[0];
  }

  /** Since when a game is no longer known to stand; 0 while it is. @param {Held} held */
  oldOf({ heard, at }) {
    if (!heard) return at;
    return this.trusted || Date.now() - this.lost < GRACE_MS ? 0 : Math.max(at, this.lost);
  }

  kept() {
    try {
      return JSON.parse(localStorage[this.name]) ?? {};
    } catch {
      return {}; // Nothing yet, something else, or storage is forbidden.
    }
  }

  keep() {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    const kept = this.kept();
    for (const want of this.wants) {
      const { state, heard, at } = this.pick(want) ?? {};
      if (!heard || isOlder(state, kept[state.game_id]?.[1])) continue;
      kept[state.game_id] = [this.trusted ? Date.now() : Math.max(at, this.lost), { ...state, detail: undefined }];
    }
    const newest = Object.entries(kept).sort((one, other) => other[1][0] - one[1][0]);
    try {
      localStorage[this.name] = JSON.stringify(Object.fromEntries(newest.slice(0, KEPT_MAX)));
    } catch {
      // It is full or forbidden; the score is shown all the same.
    }
  }

  /** With the next frame of the screen, which a hidden page does not have; once a second while something moves. */
  paint() {
    this.painting ??= requestAnimationFrame(() => {
      this.painting = undefined;
      clearTimeout(this.ticking);
      if ([...this.widgets].filter((one) => one.paint()).length) this.ticking = setTimeout(() => this.paint(), 1000);
    });
  }
}
