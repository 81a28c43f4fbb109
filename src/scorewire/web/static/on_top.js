// The favourites of the front page: a section of its own at the top, whose rows come out of the list below and go
// back there; games that the list does not hold are read and join the page's one stream.
import { delay, late, zone } from "./chosen.js";
import { favourites, has, keep, onChange } from "./favourites.js";

const TEAMS_READ_MAX = 20;
const GAMES_READ_MAX = 20;
const OLD_MS = 48 * 3_600_000;

export class OnTop {
  /**
   * @param {Element} games the list @param {{take: (state: object) => Element|undefined, changed: () => void,
   *   arrange: (section: Element) => void, now: () => number}} page `take` shows a game that is not in the list
   */
  constructor(games, page) {
    Object.assign(this, { games, page, read: new Set(), homes: new Map() });
    onChange(() => this.renew());
  }

  get section() {
    return this.games.querySelector("#favourites");
  }

  /** The rows that the list holds, where they belong; then what it does not hold. */
  renew() {
    this.place();
    this.fetch().catch(() => undefined);
  }

  /** The list has been read anew, and with it every row. */
  again() {
    this.read.clear();
    this.homes.clear();
    this.renew();
  }

  place() {
    const { section } = this;
    for (const row of this.games.querySelectorAll("[data-game]")) {
      const [entry, there] = [row.parentElement, row.closest(".league") === section];
      const wanted = has("game", row.dataset.game) || row.dataset.teams.split(" ").some((id) => has("team", id));
      if (wanted && !there) this.raise(entry, row);
      else if (!wanted && there) this.lower(entry, row);
    }
    section.hidden = !section.querySelector(".entry");
    this.page.arrange(section);
    this.order();
    this.page.changed();
  }

  raise(entry, row) {
    const home = entry.closest(".league");
    this.homes.set(row.dataset.game, home);
    if (home) {
      entry.dataset.sport = home.dataset.sport;
      row.dataset.of = home.querySelector("h2 a").textContent;
    }
    this.section.append(entry);
    if (home) this.page.arrange(home);
  }

  /** A row that was never in the list has no place there. */
  lower(entry, row) {
    const home = this.homes.get(row.dataset.game);
    delete row.dataset.of;
    if (!home) return entry.remove();
    home.append(entry);
    this.page.arrange(home);
  }

  /** Favourite leagues first, the others as the server put them; a section whose games are all above is not shown. */
  order() {
    const sections = [...this.games.querySelectorAll(".league:not(#favourites)")];
    sections.forEach((one, at) => (one.dataset.at ??= String(at)));
    const place = (one) => Number(one.dataset.at) - (has("league", one.dataset.league) ? 1000 : 0);
    const sorted = [...sections].sort((a, b) => place(a) - place(b));
    if (sorted.some((one, at) => one !== sections[at])) this.section.after(...sorted);
    for (const one of sections) one.hidden = !one.querySelector(".entry");
  }

  /** Favourite teams' games of the day that is shown, and favourite games; each is read once. */
  async fetch() {
    const params = new URLSearchParams(location.search);
    const day = params.get("date") ?? new Intl.DateTimeFormat("en-CA", { timeZone: zone() }).format(this.page.now());
    const { teams, games } = favourites();
    const missing = games.slice(0, GAMES_READ_MAX).filter((id) => !this.games.querySelector(`[data-game="${CSS.escape(id)}"]`));
    const asked = [
      ...teams.slice(0, TEAMS_READ_MAX).map((id) => `/v1/games?team=${encodeURIComponent(id)}&date=${day}&tz=${encodeURIComponent(zone())}&limit=20`),
      ...(params.get("date") ? [] : missing.map((id) => `/v1/games/${encodeURIComponent(id)}/score`)),
    ].filter((url) => !this.read.has(url));
    for (const url of asked) {
      this.read.add(url);
      const answer = await fetch(late(url), { cache: "no-cache" });
      // What is too young for a delay is not gone.
      if (answer.status === 404 && !delay() && url.endsWith("/score")) keep("game", decodeURIComponent(url.split("/")[3]), false);
      if (!answer.ok) continue;
      const told = await answer.json();
      for (const state of told.games ?? [told]) this.join(state, params);
    }
    if (asked.length) this.place();
  }

  join(state, params) {
    const { sport, league } = Object.fromEntries(params);
    const over = Date.parse(state.end ?? state.start) < this.page.now() - OLD_MS;
    if (over && has("game", state.game_id)) keep("game", state.game_id, false);
    if (over || (sport && sport !== state.sport) || (league && league !== state.league.id)) return;
    const { events, detail, ...line } = state;
    const entry = this.page.take(line);
    if (!entry) return;
    entry.dataset.sport = state.sport;
    entry.firstElementChild.dataset.of = state.league.name || state.league.id;
    this.section.append(entry);
  }
}
