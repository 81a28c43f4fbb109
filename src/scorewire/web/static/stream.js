// One connection that outlives tunnels, deploys and sleeping phones: SSE, then polling, then SSE again.
import { backOffMs } from "./protocol.js";

const FAILURES_BEFORE_POLLING = 3;
const SETTLED_MS = 10_000;
const POLL_MS = 10_000;
const POLL_JITTER_MS = 2_000;

/**
 * @typedef {"connecting"|"live"|"reconnecting"|"polling"} LinkState
 * @typedef {{url: () => string, poll: () => Promise<boolean>, frame: (frame: any) => void,
 *   changed: (state: LinkState) => void, silenceMs: () => number}} LinkOptions
 *   url: where the stream continues from what is held; poll: fetch what is newest, and say whether it
 *   held news; frame: a decoded frame; changed: the connection's state, for people;
 *   silenceMs: after how long without a frame one read makes sure that the line still holds.
 */
export class Link {
  /** @param {LinkOptions} options */
  constructor(options) {
    this.options = options;
    this.failures = 0;
    this.source = undefined;
    this.state = "";
    this.timers = { retry: 0, settle: 0, poll: 0, silence: 0 };
    this.stopped = true;
  }

  start() {
    this.stopped = false;
    this.show("connecting");
    this.connect();
    addEventListener("pagehide", () => this.stop());
    addEventListener("pageshow", (event) => event.persisted && this.resume());
    addEventListener("online", () => this.resume());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake();
    });
  }

  /** An open EventSource keeps a page out of the back-forward cache, so a page that leaves lets go of it. */
  stop() {
    this.stopped = true;
    this.drop();
    for (const name of Object.keys(this.timers)) this.clear(name);
  }

  /** Connect at once, whatever was waited for. */
  resume() {
    this.stop();
    this.stopped = false;
    this.failures = 0;
    this.show("reconnecting");
    this.connect();
  }

  /** A phone that slept may hold a dead socket that still looks open; one conditional read tells. */
  wake() {
    if (this.stopped) return;
    if (!this.source || this.source.readyState !== EventSource.OPEN) this.resume();
    else this.listenForSilence(0);
  }

  connect() {
    this.clear("retry");
    this.drop();
    const source = new EventSource(this.options.url());
    this.source = source;
    source.onopen = () => {
      this.show("live");
      this.clear("poll");
      this.arm("settle", SETTLED_MS, () => (this.failures = 0));
      this.listenForSilence();
    };
    source.onerror = () => this.source === source && this.fail();
    for (const type of ["full_state", "score_update"]) source.addEventListener(type, (event) => this.hear(event));
    source.addEventListener("bye", (event) => this.fail(read(event.data)?.retry_ms));
  }

  hear(event) {
    this.failures = 0;
    this.listenForSilence();
    const frame = read(event.data);
    if (frame) this.options.frame(frame);
  }

  /** @param {number=} retryMs what the server asked for; it spreads its fans, so it is obeyed as it stands */
  fail(retryMs) {
    this.drop();
    this.failures += 1;
    if (this.failures >= FAILURES_BEFORE_POLLING) this.pollSoon(0);
    else this.show("reconnecting");
    this.arm("retry", retryMs ?? backOffMs(this.failures), () => this.connect());
  }

  pollSoon(delayMs) {
    this.show("polling");
    if (this.timers.poll) return;
    this.arm("poll", delayMs, async () => {
      await this.options.poll().catch(() => this.show("reconnecting"));
      if (!this.stopped && this.failures >= FAILURES_BEFORE_POLLING && !this.timers.poll) {
        this.pollSoon(POLL_MS + Math.random() * POLL_JITTER_MS);
      }
    });
  }

  /** Heartbeats are comments, which EventSource hides: a line that died without a word looks open for ever. */
  listenForSilence(delayMs = this.options.silenceMs()) {
    this.arm("silence", delayMs && delayMs * (1 + Math.random() / 4), async () => {
      const missed = await this.options.poll().catch(() => false);
      if (this.stopped || !this.source) return;
      if (missed) this.resume();
      else this.listenForSilence();
    });
  }

  drop() {
    this.clear("settle");
    this.clear("silence");
    this.source?.close();
    this.source = undefined;
  }

  show(state) {
    if (state === this.state) return;
    this.state = state;
    this.options.changed(state);
  }

  arm(name, delayMs, run) {
    this.clear(name);
    this.timers[name] = setTimeout(() => {
      this.timers[name] = 0;
      run();
    }, delayMs);
  }

  clear(name) {
    clearTimeout(this.timers[name]);
    this.timers[name] = 0;
  }
}

/** A conditional read: undefined where nothing is new. */
export class Poll {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    this.etag = "";
  }

  async read() {
    const answer = await fetch(this.url, { cache: "no-cache", headers: this.etag ? { "If-None-Match": this.etag } : {} });
    if (answer.status === 304) return undefined;
    if (!answer.ok) throw new Error(`${this.url}: ${answer.status}`);
    this.etag = answer.headers.get("ETag") ?? "";
    return answer.json();
  }
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
