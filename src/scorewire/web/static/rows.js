// A row of a list, made as templates/parts.html makes it: for games that the first HTML did not hold.
import { crest, element } from "./scores.js";
import { words } from "./words.js";

/** @param {ReturnType<typeof import("./board.js").board>} view @param {import("./board.js").ScoreState} state */
export function rowEntry(view, state) {
  const withLine = Boolean(words.sports[state.sport]?.line_in_rows);
  const row = element(
    "a",
    {
      class: "row",
      href: `/game/${encodeURIComponent(state.game_id)}`,
      "data-game": state.game_id,
      "data-group": view.group,
      "data-start": state.start,
      "data-teams": `${state.home.id} ${state.away.id}`,
    },
    when(view, state),
    sideOf(view.home, "home", view.home_line, withLine),
    sideOf(view.away, "away", view.away_line, withLine),
    element("span", { class: "check", "data-part": "check", "data-spoiler": "" }, view.check ? "score under check" : ""),
  );
  return element("div", { class: "entry" }, row);
}

function when(view, state) {
  return element(
    "span",
    { class: "when" },
    element("b", { "data-part": "short" }, view.short),
    element("small", { "data-part": "sub" }, view.sub),
    element("time", { "data-when": "clock" }, "TBD"),
    element("small", { "data-when": "day" }, state.start.includes("T") ? "" : state.start),
  );
}

function sideOf(side, name, line, withLine) {
  const told = withLine
    ? element("span", { class: "line", "data-part": "line", "data-spoiler": "", "aria-hidden": "true" }, ...line.map((cell) => element("i", {}, cell)))
    : element("small", { class: "pens", "data-part": "pens", "data-spoiler": "" }, side.pens);
  const reds = Array.from({ length: side.marks }, () => element("i"));
  if (side.marks) reds.push(element("span", { class: "unseen" }, `${side.marks} red card${side.marks > 1 ? "s" : ""}`));
  return element(
    "span",
    { class: `side${side.won ? " won" : ""}${side.lost ? " lost" : ""}`, "data-side": name },
    crest(side),
    element("span", { class: "name" }, side.name),
    element("span", { class: "marks", "data-part": "marks", "data-spoiler": "" }, ...reds),
    told,
    element("b", { class: "score", "data-part": "score", "data-spoiler": "" }, side.listed),
  );
}
