// A league's table as pages show it, from the JSON of a standings_update: the twin of web/standings.py. Pure.
// tests/e2e/test_league_table.py holds the two to the same answers.
import { hue } from "./board.js";

const ENDED = { W: "won", D: "drawn", L: "lost", T: "drawn", N: "no result" };

/**
 * @typedef {{text: string, strong: boolean}} Cell
 * @typedef {{rank: number, team: string, name: string, abbr: string, badge: string, cells: Cell[], zone: string,
 *   zone_class: string, live: boolean, notes: string[], form: [string, string][], paint: string}} Line
 * @typedef {{name: string, columns: [string, string][], lines: Line[], zones: [string, string][], formed: boolean}} Part
 */

/** The tables of the first view. @param {{parts?: object[]}} table @param {Set<string>} playing @returns {Part[]} */
export function shownParts(table, playing) {
  const parts = table.parts ?? [];
  return parts.filter(({ view }) => view === parts[0].view).map((part) => shown(part, playing));
}

function shown({ view, name = "", rows = [] }, playing) {
  const named = [...new Set(rows.map((row) => row.zone).filter(Boolean))];
  const zones = new Map(named.map((zone, number) => [zone, `z${number % 4}`]));
  const columns = columnsOf(rows);
  return {
    name: view === "group" && [...name].length === 1 ? `Group ${name}` : name,
    columns: columns.map(([short, long]) => [short, long]),
    lines: rows.map((row) => line(row, columns, zones, playing)),
    zones: [...zones],
    formed: rows.some((row) => row.form),
  };
}

/** The columns that this table needs: nobody wants a column of noughts. */
function columnsOf(rows) {
  const any = (...fields) => rows.some((row) => fields.some((field) => row[field]));
  const has = (field) => rows.some((row) => row[field] !== undefined);
  const found = [["P", "Played", "played"], ["W", "Won", "won"]];
  if (any("drawn")) found.push(has("points") ? ["D", "Drawn", "drawn"] : ["T", "Tied", "drawn"]);
  found.push(["L", "Lost", "lost"]);
  if (any("lost_late", "lost_shootout")) found.push(["OTL", "Of them in overtime or shoot-out", "late"]);
  if (any("no_result")) found.push(["NR", "No result", "no_result"]);
  if (has("net_run_rate")) found.push(["NRR", "Net run rate", "net_run_rate"]);
  else found.push(["+/−", "For and against", "goals"], ["Diff", "Difference", "difference"]);
  found.push(has("points") ? ["Pts", "Points", "points"] : ["Pct", "Share of games won", "pct"]);
  if (has("games_behind")) found.push(["GB", "Games behind", "games_behind"]);
  return found;
}

function line(row, columns, zones, playing) {
  const name = row.name || row.team;
  const short = (row.abbr || [...name].slice(0, 3).join("")).toUpperCase();
  return {
    rank: row.rank,
    team: row.team,
    name,
    abbr: [...short].slice(0, 4).join(""),
    badge: `h${hue(row.team)}`,
    cells: columns.map(([, , field]) => ({ text: figure(row, field), strong: field === "points" || field === "pct" })),
    zone: row.zone ?? "",
    zone_class: zones.get(row.zone) ?? "",
    live: playing.has(row.team),
    notes: notes(row),
    form: [...(row.form ?? "")].map((letter) => [letter, ENDED[letter] ?? letter]),
    paint: "",
  };
}

function notes({ deducted = 0, undecided }) {
  const found = [];
  if (deducted) found.push(deducted > 0 ? `${deducted} points deducted` : `${-deducted} points given`);
  if (undecided) found.push(undecided === "lots" ? "to be decided by lots" : "to be decided by a play-off");
  return found;
}

const signed = (number, text) => (number < 0 || Object.is(number, -0) ? text.replace("-", "−") : `+${text}`);

const FIGURES = {
  goals: (row) => `${row.for ?? 0}:${row.against ?? 0}`,
  late: (row) => String((row.lost_late ?? 0) + (row.lost_shootout ?? 0)),
  difference: ({ difference = 0 }) => (difference ? signed(difference, String(difference)) : "0"),
  pct: ({ pct }) => (pct === undefined ? "" : pct.toFixed(3).replace(/^0/, "")),
  net_run_rate: ({ net_run_rate: rate }) => (rate === undefined ? "" : signed(rate, rate.toFixed(3))),
  games_behind: ({ games_behind: behind }) => {
    if (!behind) return "–";
    const half = behind % 1 ? "½" : "";
    return `${Math.trunc(behind) || (half ? "" : "0")}${half}`;
  },
  points: ({ points }) => (points === undefined ? "" : String(points).replace("-", "−")),
};

function figure(row, field) {
  return FIGURES[field]?.(row) ?? String(row[field] ?? 0);
}
