// The client of Scorewire: follows games over server-sent events, and outlives tunnels, deploys and sleep.
//
//   import { follow } from "./scorewire.js";
//   const following = follow({ url: "https://scores.example", games: ["cup-final"], update: ({ state }) => ... });
//   following.close();
//
// No dependency, no build step: this file and protocol.js beside it. Following is one reader; Tabs lets the tabs
// of a browser share one connection. How to use it: docs/clients.md.
import { Session } from "./protocol.js";

/** @typedef {import("./protocol.js").ScoreState} ScoreState @typedef {import("./protocol.js").Update} Update */
/** @typedef {import("./protocol.js").LinkState} LinkState @typedef {import("./protocol.js").Standings} Standings */

const SCOPES = { games: "game", teams: "team", leagues: "league", sports: "sport" };
const FOLLOWS_MAX = 100;
const TABLES_MAX = 20;
const BEAT_EVERY_MS = 15_000;
const LEADER_SILENT_MS = 90_000; // A hidden tab's timers may run once a minute.
const LEADER_ANSWERS_MS = 2_000;
const GONE_MS = 240_000;
const WORDS = 1; // What tabs say to each other; raised when it changes, for a deploy leaves old tabs open.
const TIMER_MS_MAX = 2 ** 31 - 1; // A longer one would be over at once.
const STREAM = "/v1/stream";
const DEFAULTS = { path: STREAM, query: [], url: "", view: "", delay: 0, since: "", states: [], share: true, hiddenMs: 600_000 };
const CALLBACKS = { update() {}, link() {}, refused() {} };
const TABLED = { ...CALLBACKS, standings() {} };

/** Counts what the device slept through, and never goes back. */
const clock = {
  at: 0,
  wall: Date.now(),
  ticks: performance.now(),
  now() {
    const [wall, ticks] = [Date.now(), performance.now()];
    this.at += Math.max(wall - this.wall, ticks - this.ticks, 0);
    [this.wall, this.ticks] = [wall, ticks];
    return this.at;
  },
};

/**
 * Follow games, until `close()`.
 *
 * @param {{url?: string, games?: string[], teams?: string[], leagues?: string[], sports?: string[],
 *   view?: "full"|"line", delay?: number, since?: string, states?: ScoreState[], share?: boolean, hiddenMs?: number,
 *   poll?: () => Promise<ScoreState[]>, update?: (update: Update) => void, standings?: (table: Standings) => void, link?: (state: LinkState) => void,
 *   refused?: (status: number) => void}} options
 *   url: the node, "" for the page's own; since, states: the cursor and what is held with it; share: one connection
 *   for all tabs; hiddenMs: a tab that nobody has seen for so long lets go, until it is seen; poll: reads what is
 *   newest, instead of one read for each game; standings: the tables of the leagues too, for who gives this.
 */
export function follow(options) {
  const following = new Following(options);
  following.go();
  return following;
}

/**
 * Play a game back from a seq, in the frames of a live stream, until `close()` or its end (`link` says "ended").
 *
 * @param {{url?: string, game: string, speed?: number|"max", fromSeq?: number, gaps?: "cut"|"real",
 *   update?: (update: Update) => void, link?: (state: LinkState) => void, refused?: (status: number) => void}} options
 */
export function replay({ game, speed = 1, fromSeq = 1, gaps = "cut", ...options }) {
  const path = `/v1/games/${encodeURIComponent(game)}/replay`;
  return follow({ ...options, share: false, games: [game], path, query: [["speed", speed], ["from_seq", fromSeq], ["gaps", gaps]] });
}

class Following {
  constructor(options) {
    this.options = { ...DEFAULTS, ...CALLBACKS, ...options };
    this.session = new Session({ cursor: this.options.since, states: this.options.states });
    this.follows = named(options);
    this.timer = this.hidden = 0;
    this.resting = true;
    const { url, view, delay, share } = this.options;
    this.tabled = Boolean(options.standings);
    const may = share && typeof BroadcastChannel === "function" && globalThis.navigator?.locks && globalThis.document;
    this.tabs = may ? new Tabs(this, `scorewire ${WORDS} ${new URL(url || "/", location.href)} ${view} ${delay}${this.tabled ? " standings" : ""}`) : undefined;
    this.life = new AbortController();
    if (globalThis.document) this.listen({ signal: this.life.signal });
  }

  /** An open stream, channel or lock keeps a page out of the back-forward cache: a page that leaves lets go of all. */
  listen(life) {
    addEventListener("pagehide", () => this.rest(), life);
    addEventListener("pageshow", (event) => event.persisted && this.go(), life);
    addEventListener("online", () => this.run((now) => this.session.again(now)), life);
    document.addEventListener("freeze", () => this.rest(), life);
    document.addEventListener("resume", () => this.go(), life);
    document.addEventListener("visibilitychange", () => this.seen(), life);
    if (document.visibilityState !== "visible") this.seen();
  }

  seen() {
    clearTimeout(this.hidden);
    if (document.visibilityState !== "visible") {
      this.hidden = setTimeout(() => this.rest(), Math.min(this.options.hiddenMs, TIMER_MS_MAX));
    } else if (this.resting) this.go();
    else {
      this.run((now) => this.session.wake(now));
      this.tabs?.check();
    }
  }

  go() {
    if (!this.resting || this.life.signal.aborted) return;
    this.resting = false;
    if (this.tabs) this.tabs.join();
    else this.run((now) => this.session.start(now));
  }

  rest() {
    if (this.resting) return;
    this.resting = true;
    this.tabs?.leave();
    this.run(() => this.session.stop());
  }

  close() {
    this.options = { ...this.options, ...TABLED };
    this.life.abort();
    clearTimeout(this.hidden);
    this.rest();
  }

  /** Follow these instead. @param {{games?: string[], teams?: string[], leagues?: string[], sports?: string[]}} follows */
  change(follows) {
    this.follows = named(follows);
    if (this.resting) return;
    if (this.tabs) this.tabs.tell(true);
    else this.run((now) => this.session.again(now));
  }

  run(act) {
    act(clock.now());
    for (const [what, given] of this.session.take()) this[`do_${what}`](given);
    clearTimeout(this.timer);
    const due = this.session.due;
    if (due !== undefined) this.timer = setTimeout(() => this.run((now) => this.session.tick(now)), Math.max(due - clock.now(), 0) + 1);
  }

  do_update(update) {
    this.tabs?.relay(update);
    if (wanted(this.follows, update.state)) this.say("update", update);
  }

  do_standings(table) {
    this.tabs?.relayTable(table);
    if (this.follows.leagues.includes(table.league_id)) this.say("standings", table);
  }

  do_link(state) {
    this.tabs?.relayLink(state);
    this.say("link", state);
  }

  /** What a callback throws is reported as its own error, and stops nothing here. */
  say(name, told) {
    try {
      this.options[name](told);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  /** Refused for what another tab follows, or for our own? Each finds out by itself. */
  do_refused(status) {
    const shared = this.tabs && pairs(this.tabs.union).length > pairs(this.follows).length;
    this.tabs?.leave(shared);
    this.tabs = undefined;
    if (shared) this.run((now) => this.session.start(now));
    else this.say("refused", status);
  }

  alone() {
    this.tabs.leave();
    this.tabs = undefined;
    this.run((now) => this.session.start(now));
  }

  do_close() {
    this.aborter?.abort();
    this.aborter = undefined;
  }

  async do_connect(cursor) {
    const aborter = (this.aborter = new AbortController());
    try {
      const query = [...pairs(this.tabs?.union ?? this.follows), ["view", this.options.view], ["standings", this.tabled ? "1" : ""], ["since", cursor]];
      const answer = await fetch(this.address(this.options.path, [...query, ...this.options.query]), { cache: "no-store", signal: aborter.signal });
      this.run((now) => this.session.answered(now, answer.status, Object.fromEntries(answer.headers)));
      for (const reader = answer.body.getReader(); this.aborter === aborter; ) {
        const { done, value } = await reader.read();
        if (done) break;
        if (this.aborter === aborter) this.run((now) => this.session.heard(now, value));
      }
    } catch {
      // The line is gone, or was let go.
    }
    if (this.aborter === aborter) this.run((now) => this.session.lost(now));
  }

  async do_read(gameId) {
    const state = await this.score(gameId).catch(() => undefined);
    this.run((now) => this.session.repaired(now, gameId, state));
  }

  async do_poll() {
    try {
      const states = await (this.options.poll ?? (() => this.readAll()))();
      const tables = await this.readTables();
      this.run((now) => {
        for (const table of tables) this.session.readTable(table);
        this.session.polled(now, states);
      });
    } catch (error) {
      this.run((now) => this.session.polled(now, undefined, error.headers ?? {}));
    }
  }

  /** Each game by a read of its own; of what is followed by name, the lists first. */
  async readAll() {
    const [{ games, ...scopes }, line] = [this.tabs?.union ?? this.follows, this.options.view === "line"];
    const listed = [];
    for (const scope of pairs(scopes)) listed.push(...(await this.get("/v1/games", [scope, ["limit", "200"]])).games);
    if (line || !(games.length || scopes.teams.length)) return listed;
    const stale = listed.filter((state) => !(this.session.games.get(state.game_id)?.state?.seq >= state.seq));
    const ids = new Set([...games, ...stale.map((state) => state.game_id)]);
    return Promise.all([...ids].map((id) => this.score(id)));
  }

  /** Plain reads know no delay: who asked for one waits for a stream. A league may have no table yet. */
  async readTables() {
    if (!this.tabled || this.options.delay) return [];
    const leagues = [...new Set((this.tabs?.union ?? this.follows).leagues)];
    const read = async (id) => ({ ...(await this.get(`/v1/leagues/${encodeURIComponent(id)}/standings`, [])), league_id: id });
    const found = await Promise.allSettled(leagues.map(read));
    return found.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
  }

  async score(gameId) {
    if (this.options.path !== STREAM) throw new Error("what is true now is not of a playback");
    const state = await this.get(`/v1/games/${encodeURIComponent(gameId)}/score`, []);
    const { events, detail, ...line } = state;
    return this.options.view === "line" ? line : state;
  }

  /** The browser asks with the ETag that it knows; a header of ours would cost other origins a preflight. */
  async get(path, query) {
    const address = this.address(path, query);
    const answer = await fetch(address, { cache: "no-cache" });
    if (!answer.ok) throw Object.assign(new Error(`${address}: ${answer.status}`), { headers: Object.fromEntries(answer.headers) });
    return answer.json();
  }

  address(path, query) {
    const given = [...query, ["delay", this.options.delay || ""]].filter(([, value]) => value !== "");
    const text = given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    return `${this.options.url.replace(/\/$/, "")}${path}${text && "?"}${text}`;
  }
}

/** The tabs of a browser that follow one node: who holds the lock leads, has the connection, and tells the others. */
class Tabs {
  constructor(following, name) {
    Object.assign(this, { following, name, id: crypto.randomUUID(), wants: new Map(), union: undefined, leading: false, heardAt: 0 });
  }

  join() {
    this.channel = new BroadcastChannel(this.name);
    this.channel.onmessage = ({ data }) => this.hear(data);
    this.heardAt = clock.now();
    this.look = setInterval(() => this.watch(), BEAT_EVERY_MS);
    this.tell(true);
    this.queue();
  }

  /** @param {boolean=} scatter so that each of the others follows on its own */
  leave(scatter) {
    if (!this.channel) return;
    clearInterval(this.look);
    clearTimeout(this.widening);
    clearTimeout(this.checking);
    if (scatter) for (const id of this.wants.keys()) this.channel.postMessage({ alone: id });
    this.channel.postMessage({ gone: this.id });
    this.channel.close();
    const { quit, release } = this;
    Object.assign(this, { quit: undefined, release: undefined, leading: false, channel: undefined });
    quit?.abort();
    release?.();
    this.wants.clear();
  }

  queue(steal = false) {
    const waiting = this.quit;
    const quit = (this.quit = new AbortController());
    waiting?.abort();
    const hold = () => this.quit === quit && new Promise((release) => {
      this.release = release;
      this.lead();
    });
    navigator.locks.request(this.name, steal ? { steal } : { signal: quit.signal }, hold).catch((error) => {
      if (this.quit !== quit) return;
      if (error.name !== "AbortError") return this.following.alone();
      // Another tab took the lead, because it had not heard us.
      this.leading = false;
      this.following.run(() => this.following.session.stop());
      this.queue();
    });
  }

  lead() {
    this.leading = true;
    this.unite();
    this.following.run((now) => this.following.session.start(now));
  }

  /** What this tab follows; the others answer with theirs where it asks. */
  tell(ask) {
    this.channel.postMessage({ who: this.id, want: this.following.follows, ask });
    if (this.leading) this.widen();
  }

  hear({ who, want, ask, gone, alone, update, table, cursor, link }) {
    this.heardAt = clock.now();
    if (alone === this.id) return this.following.alone();
    if (gone) this.wants.delete(gone);
    if (who) {
      this.wants.set(who, { want, at: this.heardAt });
      if (ask) this.tell(false);
    }
    if (this.leading) {
      if (who && ask) this.bring(want);
      if (who || gone) this.widen();
    } else {
      if (update) this.following.run(() => this.following.session.relayed(update, cursor));
      if (table) this.following.run(() => this.following.session.readTable(table));
      if (link) {
        this.following.session.cursor = cursor;
        this.following.say("link", link);
      }
    }
  }

  /** What is held, for a tab that has just come. */
  bring(want) {
    const { session } = this.following;
    for (const { state } of session.games.values()) {
      if (state && wanted(want, state)) this.relay({ kind: "join", game_id: state.game_id, state });
    }
    for (const table of session.tables.values()) if (want.leagues.includes(table.league_id)) this.relayTable(table);
    this.relayLink(session.link);
  }

  relayTable(table) {
    if (this.leading) this.channel.postMessage({ table });
  }

  relay(update) {
    if (this.leading) this.channel.postMessage({ update, cursor: this.following.session.cursor });
  }

  relayLink(link) {
    if (this.leading) this.channel.postMessage({ link, cursor: this.following.session.cursor });
  }

  /** The one stream is for what all tabs follow; a tab that leaves narrows it with the next connection. */
  widen() {
    clearTimeout(this.widening);
    this.widening = setTimeout(() => {
      const before = new Set(pairs(this.union).map(String));
      this.unite();
      if (pairs(this.union).some((pair) => !before.has(String(pair)))) this.following.run((now) => this.following.session.again(now));
    }, 50);
  }

  /** What one stream can hold of what the tabs want; who does not fit in follows alone. */
  unite() {
    const union = named(this.following.follows);
    for (const [id, { want }] of this.wants) {
      const more = pairs(want).filter(([scope, one]) => !pairs(union).some((held) => held[0] === scope && held[1] === one));
      const leagues = [...pairs(union), ...more].filter(([scope]) => scope === SCOPES.leagues);
      const tables = this.following.tabled ? leagues.length : 0;
      if (pairs(union).length + more.length > FOLLOWS_MAX || tables > TABLES_MAX) this.channel.postMessage({ alone: id });
      else for (const scope of Object.keys(SCOPES)) union[scope].push(...more.filter(([name]) => name === SCOPES[scope]).map(([, one]) => one));
    }
    this.union = union;
  }

  watch() {
    const now = clock.now();
    if (this.leading) {
      for (const [id, { at }] of this.wants) if (now - at > GONE_MS) this.wants.delete(id);
      this.relayLink(this.following.session.link);
    } else if (document.visibilityState === "visible" && now - this.heardAt > LEADER_SILENT_MS) this.queue(true);
    this.tell(false);
  }

  /** A tab that is seen again does not wait for a leader that sleeps. */
  check() {
    if (this.leading) return;
    const since = clock.now();
    this.tell(true);
    clearTimeout(this.checking);
    this.checking = setTimeout(() => this.heardAt <= since && !this.leading && this.queue(true), LEADER_ANSWERS_MS);
  }
}

function named(follows) {
  return Object.fromEntries(Object.keys(SCOPES).map((scope) => [scope, [...(follows[scope] ?? [])]]));
}

function pairs(follows) {
  return Object.entries(follows).flatMap(([scope, ids]) => ids.map((id) => [SCOPES[scope], id]));
}

function wanted({ games, teams, leagues, sports }, { game_id, league, sport, home, away }) {
  return games.includes(game_id) || leagues.includes(league?.id) || sports.includes(sport) || teams.some((id) => id === home?.id || id === away?.id);
}
