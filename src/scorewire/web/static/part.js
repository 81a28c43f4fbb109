// The part of a game's page that the server draws: read again when the game has changed, and put in place of the
// old one with scroll, focus and sorting kept. What is read is HTML of this server, escaped there.
const EVERY_MS = 5_000;
// Changes come in bursts (a goal, its assist, the clock): the first of them waits a little for the others.
const SETTLE_MS = 700;
const FOCUSABLE = "a[href], button, [tabindex]";

export class Part {
  /** @param {HTMLElement} root with the address of the part in `data-part-url` */
  constructor(root) {
    this.root = root;
    this.old = false;
    this.timer = 0;
    this.readAt = performance.now();
    this.orders = new Map();
    root.addEventListener("click", (event) => this.#sort(event.target.closest("thead button")));
    document.addEventListener("visibilitychange", () => this.#plan());
    this.#headings();
  }

  /** The game has changed: what is shown is old. @param {string} at epoch and seq, so that no cache answers with less */
  changed(at) {
    this.at = at;
    this.old = true;
    this.#plan();
  }

  #plan() {
    if (!this.old || this.timer || document.hidden) return;
    const waited = performance.now() - this.readAt;
    this.timer = setTimeout(() => this.#read(), Math.max(SETTLE_MS, EVERY_MS - waited));
  }

  async #read() {
    this.old = false;
    try {
      const asked = new URLSearchParams(location.search);
      asked.set("at", this.at);
      const answer = await fetch(`${this.root.dataset.partUrl}?${asked}`);
      if (answer.ok) this.#put(await answer.text());
      else this.old = answer.status !== 404; // a node that cannot just now
    } catch {
      this.old = true; // the stream says when the node is there again, and the next change asks once more
    } finally {
      this.readAt = performance.now();
      this.timer = 0;
    }
    if (this.old && navigator.onLine) this.#plan();
  }

  #put(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").body;
    this.#tabs(fresh.querySelector(".gametabs"));
    const places = new Map([...this.root.querySelectorAll("[data-scroll]")].map((one) => [one.dataset.scroll, one.scrollLeft]));
    const focused = [...this.root.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
    const top = scrollY;
    this.root.replaceChildren(...fresh.childNodes);
    this.root.hidden = !this.root.firstElementChild;
    this.#headings();
    for (const [key, order] of this.orders) this.#order(this.#table(key), order);
    for (const [key, left] of places) this.root.querySelector(`[data-scroll="${CSS.escape(key)}"]`)?.scrollTo({ left });
    if (focused >= 0) this.root.querySelectorAll(FOCUSABLE)[focused]?.focus({ preventScroll: true });
    if (scrollY !== top) scrollTo({ top });
    this.root.dispatchEvent(new CustomEvent("part", { bubbles: true }));
  }

  /** A page that was opened before the game had anything to show gets its tabs with the first part that has. */
  #tabs(fresh) {
    fresh?.remove();
    const held = document.querySelector(".gametabs");
    if (fresh && held && !held.isEqualNode(fresh)) held.replaceWith(fresh);
  }

  #table(key) {
    return this.root.querySelector(`table[data-sort="${CSS.escape(key)}"]`);
  }

  /** Headings become buttons only here: without scripts a button would do nothing. */
  #headings() {
    for (const heading of this.root.querySelectorAll("table[data-sort] thead th")) {
      const button = document.createElement("button");
      button.type = "button";
      const full = heading.querySelector("abbr")?.title;
      if (full) button.setAttribute("aria-label", `${heading.textContent}, ${full}`);
      button.append(...heading.childNodes);
      heading.append(button);
    }
  }

  #sort(button) {
    if (!button) return;
    const heading = button.closest("th");
    const table = heading.closest("table");
    const before = this.orders.get(table.dataset.sort);
    const column = heading.cellIndex;
    // Figures begin with the most, names with A.
    const first = column ? -1 : 1;
    const order = { column, way: before?.column === column ? -before.way : first };
    this.orders.set(table.dataset.sort, order);
    this.#order(table, order);
  }

  #order(table, { column, way }) {
    if (!table) return;
    const value = (row) => {
      const cell = row.cells[column];
      if (!column) return cell.textContent;
      const told = cell.dataset.v ?? cell.textContent.replace("−", "-");
      return told === "–" || told === "" ? -Infinity : Number.parseFloat(told);
    };
    const rows = [...table.tBodies[0].rows].map((row) => [value(row), row]);
    rows.sort(([a], [b]) => way * (column ? Math.sign(a - b) || 0 : a.localeCompare(b)));
    table.tBodies[0].append(...rows.map(([, row]) => row));
    [...table.tHead.rows[0].cells].forEach((cell, at) => {
      if (at === column) cell.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else cell.removeAttribute("aria-sort");
    });
  }
}
