// Runs the tables on the JavaScript client, in Node and in a page: gives sentences about what differs.

const EVENT_STREAM = { "content-type": "text/event-stream; charset=utf-8" };

/** @param {typeof import("../../clients/js/protocol.js")} client @param {{session: object[], streams: object[]}} tables */
export function run(client, { session, streams }) {
  return [
    ...session.flatMap((row) => [undefined, 7].flatMap((cut) => sessionCase(client, row, cut))),
    ...streams.flatMap((row) => [undefined, 1, 2, 5].flatMap((cut) => streamCase(client, row, cut))),
  ];
}

function sessionCase({ Session }, row, cut) {
  const reader = new Session({ random: () => row.random ?? 0.5, cursor: row.cursor ?? "", states: row.states ?? [] });
  const wrong = [];
  row.steps.forEach((step, number) => {
    act(reader, step, cut);
    const hold = (what, found, expected) => {
      if (canonical(found) === canonical(expected)) return;
      wrong.push(`${row.name}, step ${number} (${step.do}): ${what} ${canonical(found)}, expected ${canonical(expected)}`);
    };
    // In pieces a line is live before its first frame is whole, so only what is told is compared.
    const compared = (effects) => (cut ? effects.filter(([what]) => what === "update" || what === "standings") : effects);
    hold("effects", compared(reader.take().map(shown)), compared(step.effects ?? []));
    if ("due" in step) hold("due", reader.due ?? null, step.due);
    if ("cursor" in step) hold("cursor", reader.cursor, step.cursor);
    if ("states" in step) hold("states", held(reader), step.states);
  });
  return wrong;
}

function act(reader, step, cut) {
  const { at, do: name, headers } = step;
  if (name === "answered") reader.answered(at, step.status ?? 200, headers ?? EVENT_STREAM);
  else if (name === "heard") for (const piece of pieces(written(step), cut)) reader.heard(at, piece);
  else if (name === "repaired") reader.repaired(at, step.game, step.state ?? undefined);
  else if (name === "polled") reader.polled(at, step.states_read ?? undefined, headers ?? {});
  else if (name === "stop") reader.stop();
  else reader[name](at);
}

function written({ text = "", frames = [] }) {
  const block = ({ id, event, data }) => `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  return new TextEncoder().encode(text + frames.map(block).join(""));
}

function held(reader) {
  return Object.fromEntries([...reader.games].filter(([, game]) => game.state).map(([id, game]) => [id, game.state]));
}

function shown([what, given]) {
  if (what === "standings") return [what, given.league_id, given.season, given.version];
  if (what !== "update") return given === undefined ? [what] : [what, given];
  return [what, given.kind, given.game_id, given.state.seq, ...(given.event ? [given.event.type] : [])];
}

function streamCase({ EventReader }, row, cut) {
  const reader = new EventReader();
  const events = pieces(bytes(row), cut).flatMap((piece) => reader.feed(piece)).map(({ event, data, lastId }) => [event, data, lastId]);
  const [found, expected] = [[events, reader.lastId, reader.retryMs ?? null], [row.events, row.last_id, row.retry_ms]].map(canonical);
  return found === expected ? [] : [`${row.name}, in pieces of ${cut ?? "any size"}: ${found}, expected ${expected}`];
}

export function bytes({ text, hex }) {
  return hex === undefined ? new TextEncoder().encode(text) : Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
}

function pieces(whole, size = whole.length || 1) {
  return Array.from({ length: Math.ceil(whole.length / size) }, (_, at) => whole.subarray(at * size, (at + 1) * size));
}

function canonical(value) {
  const sorted = (_, held) =>
    held && typeof held === "object" && !Array.isArray(held) ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1))) : held;
  return JSON.stringify(value, sorted);
}
