// What fans ask beside the score; the same functions as web/situation.py, which says what an entry may hold.

const NAME = /\{(@?)([^{}|]+)(?:\|([^{}|]*)\|([^{}|]*))?\}/g;

/**
 * @param {object[]} entries @param {Object<string, any>} known detail, and what else may be named
 * @param {""|"home"|"away"} side @param {{home: string, away: string}} names @param {boolean} over
 */
export function situation(entries, known, side, names, over) {
  const wanted = entries.filter((entry) => !over || entry.over);
  return wanted.flatMap((entry) => items(entry, known, side).map((item) => line(entry, item, side, names))).filter(Boolean);
}

/** The value at `a.b.$` of a tree. @param {any} known @param {string} path @param {string} side */
export function look(known, path, side = "") {
  for (const part of path.replaceAll("$", side).split(".")) known = isTree(known) ? known[part] : undefined;
  return known;
}

function isTree(value) {
  return value !== null && typeof value === "object";
}

/** What the names of an entry are looked up in: all that is known, or that with each item in turn. */
function items(entry, known, side) {
  if (!entry.each) return [known];
  const held = look(known, entry.each, side);
  const keys = isTree(held) ? Object.keys(held).sort() : [];
  return keys
    .map((key) => (isTree(held[key]) ? held[key] : { key, value: held[key] }))
    .filter((item) => !entry.own || item[entry.own] === side)
    .map((item) => ({ ...known, ...item }));
}

function line(entry, known, side, names) {
  if (entry.is && look(known, entry.is, side) !== side) return "";
  if (entry.if && !look(known, entry.if, side)) return "";
  if (entry.unless && look(known, entry.unless, side)) return "";
  const text = entry.by ? (own(entry.texts, look(known, entry.by, side)) ?? entry.texts[""] ?? "") : entry.text;
  let complete = true;
  const filled = text.replace(NAME, (found, name, path, one, many) => {
    const value = word(name, path, [one, many], look(known, path, side), entry.values ?? {}, names);
    complete &&= value !== "";
    return value;
  });
  return complete ? filled : "";
}

/** One value as a word; empty where there is none to show. */
function word(name, path, [one, many], value, values, names) {
  if (typeof value !== "string" && !Number.isInteger(value)) return "";
  if (name) return own(names, value) ?? "";
  if (one !== undefined) return `${value} ${value === 1 ? one : many}`;
  return own(values[path] ?? {}, value) ?? String(value).replaceAll("_", " ");
}

/** What a table holds itself: a feed's value may be called `constructor`. */
function own(table, name) {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
