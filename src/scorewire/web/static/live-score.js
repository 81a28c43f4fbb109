// The widget <live-score>: a game's score on anybody's page; docs/widget.md. web/widget.py joins it with what it imports
// into one module, /widget.js, of less than 10 KB. It writes no markup and no inline style: a host's policy allows
// this script and its connection, and nothing else.
import { MENDED_MS, hubOf } from "./live-score-hub.js";
import { eventsOf, isLive, isNext, momentOf, nameOf, statusOf } from "./live-score-says.js";
import { css } from "./live-score-words.js";

/** @typedef {import("./protocol.js").ScoreState} ScoreState */

const QUIET_MS = 20_000;

/** An element whose class is the name of its part. */
function made(tag, name, ...children) {
  const node = document.createElement(tag);
  if (name) node.className = node.part = name;
  node.append(...children);
  return node;
}

function put(node, text) {
  node.hidden = !text;
  if (node.textContent === text) return false;
  node.textContent = text;
  return true;
}

const SCOPES = ["game", "team", "league"];
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

class LiveScore extends HTMLElement {
  static observedAttributes = [...SCOPES, "server", "delay", "events", "compact"];

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const part = (tag, name, ...children) => (this[`$${name}`] = made(tag, name, ...children));
    const side = (name) => {
      const chip = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      const parts = [chip, made("span", "name"), made("i", "cards"), made("small", "aside"), made("b", "score")];
      parts[2].role = "img";
      chip.append(document.createElementNS(chip.namespaceURI, "rect"));
      this[name] = parts;
      return made("div", `side ${name}`, ...parts);
    };
    const head = made("p", "head", part("span", "league"), part("b", "status"));
    const foot = made("p", "foot", part("span", "notice"), part("a", "link", "Game page"));
    part("section", "card", head, side("home"), side("away"), part("ol", "events"), foot);
    root.append(part("slot", "slot"), made("div", "root", this.$card, part("p", "message"), part("p", "unseen")));
    this.$card.lang = "en";
    this.$card.hidden = true;
    this.$unseen.ariaLive = "polite";
    this.$link.target = "_blank";
  }

  get count() {
    return this.hasAttribute("compact") ? 0 : Number(this.getAttribute("events"));
  }

  connectedCallback() {
    const scope = SCOPES.find((name) => this.getAttribute(name));
    const server = new URL(this.getAttribute("server") ?? "/", import.meta.url).href.replace(/\/$/, "");
    // The steps of the protocol; a delay is never made shorter.
    const hub = hubOf(server, Math.min(Math.ceil(this.getAttribute("delay") / 5) * 5, 180) || 0);
    this.want = scope ? `${scope}=${encodeURIComponent(this.getAttribute(scope).trim())}` : "";
    if (hub !== this.hub) this.leave();
    this.hub = hub;
    hub.widgets.add(this);
    hub.settle();
    hub.paint();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }

  /** An element that is only moved is back at once. */
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.leave());
  }

  leave() {
    this.hub?.keep();
    this.hub?.widgets.delete(this);
    this.hub?.settle();
    this.hub = undefined;
  }

  /** @returns {boolean} whether it changes by itself */
  paint() {
    const { hub, want } = this;
    const held = hub.pick(want);
    this.$card.hidden = !held;
    this.$slot.hidden = Boolean(held);
    const trouble = hub.unknown.has(want) ? "No such game is known yet." : /re/.test(hub.state) ? "The score cannot be had just now." : "";
    put(this.$message, held ? "" : trouble);
    if (!held) return false;
    const { state } = held;
    const old = hub.oldOf(held);
    const mended = Date.now() - held.mended < MENDED_MS;
    const told = statusOf(state, (old || Date.now()) - hub.lead) || this.time(state.start);
    const notices = [
      state.under_check && "Score under check",
      state.detail?.review && "Under review",
      mended && "Score corrected",
      old && `Not live: as of ${this.time(old)}`,
    ];
    put(this.$status, told);
    put(this.$league, state.league.name || state.league.id);
    put(this.$notice, notices.filter(Boolean).join(" · "));
    this.$card.classList.toggle("live", isLive(state) && !old);
    this.$card.ariaLabel = `${nameOf(state.home)} v ${nameOf(state.away)}`;
    this.$link.href = `${hub.server}/game/${encodeURIComponent(state.game_id)}`;
    const moved = [this.side(this.home, state.home, state), this.side(this.away, state.away, state)];
    this.list(state);
    this.say(state, moved.includes(true), told, mended);
    return mended || (!old && isLive(state) && Boolean(state.clock?.running));
  }

  side([chip, name, cards, aside, score], side, state) {
    const [listed, overs] = (side.note ?? "").split(" (");
    const kicks = side.shootout === undefined ? "" : `(${side.shootout})`;
    chip.firstChild.setAttribute("fill", side.color || "none");
    put(name, this.hasAttribute("compact") && side.abbr ? side.abbr : nameOf(side));
    put(cards, "▮".repeat(side.red ?? 0));
    cards.ariaLabel = `red cards: ${side.red}`;
    put(aside, overs ? `(${overs}` : kicks);
    const moved = put(score, isNext(state) ? "" : listed || String(side.score)) && this.seen?.game_id === state.game_id;
    if (moved && !matchMedia("(prefers-reduced-motion: reduce)").matches) score.animate({ background: ["#f0b400", "#f0b40000"] }, 2000);
    return moved;
  }

  list(state) {
    const lines = eventsOf(state, this.count).map(([event, text, struck]) => {
      const side = state[event.team];
      const what = made(struck ? "s" : "span", "what", made("b", "", text), event.player ? ` ${event.player}` : "");
      return made("li", "event", made("span", "at", momentOf(state, event)), what, side ? side.abbr || nameOf(side) : "");
    });
    const same = (line, at) => line.isEqualNode(this.$events.children[at]);
    if (lines.length !== this.$events.childElementCount || !lines.every(same)) this.$events.replaceChildren(...lines);
    this.$events.hidden = !lines.length;
  }

  /** One sentence in twenty seconds, the newest, and only of the score and of the game's beginning, breaks and end. */
  say(state, moved, told, mended) {
    const before = this.seen;
    this.seen = state;
    const same = before?.game_id !== state.game_id || !(moved || before.status !== state.status);
    if (same || this.hasAttribute("quiet")) return;
    this.next = `${mended ? "Corrected: " : ""}${nameOf(state.home)} ${state.home.score}, ${nameOf(state.away)} ${state.away.score}, ${told}.`;
    if (!this.speaking) this.speak();
  }

  speak() {
    this.speaking = this.next && setTimeout(() => this.speak(), QUIET_MS);
    this.$unseen.textContent = this.next;
    this.next = "";
  }

  /** As the reader of the document writes it; with the day where it is not today's. */
  time(moment) {
    const at = new Date(moment);
    const day = at.toDateString() === new Date().toDateString() ? {} : { day: "numeric", month: "short" };
    return at.toLocaleString(this.closest("[lang]")?.lang || [], { ...day, hour: "numeric", minute: "2-digit" });
  }
}

if (!customElements.get("live-score")) customElements.define("live-score", LiveScore);
