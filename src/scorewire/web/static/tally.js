// What a race has shown, worked out: pure functions of what its readers counted.

// How late a change was, in the time of the game: waiting for one's turn grows with the speed at which the game is
// played back, the way over the network does not.
export function lateness({ had, asked, at, speed }) {
  if (!asked) return Math.max(0, at - had);
  const left = Math.max(asked, had);
  return (left - had) * speed + Math.max(0, at - left);
}

export function quantile(sorted, part) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] : NaN;
}

// For how long what a reader had was not the newest, in the time of the game: changes that wait together count once.
export function behind(late, speed) {
  let [sum, until] = [0, -Infinity];
  for (const one of late) {
    const from = Math.max(one.had * speed, until);
    until = Math.max(until, one.had * speed + one.late);
    sum += Math.max(0, until - from);
  }
  return sum;
}

// One reader's column. `moments`: when the scoreboard had each change, by this browser's clock.
export function column(reader, moments, speed) {
  const late = moments.flatMap(({ seq, had }) => {
    const one = reader.heard.get(seq);
    return one ? [{ had, late: lateness({ had, ...one, speed }) }] : [];
  });
  const sorted = late.map((one) => one.late).sort((a, b) => a - b);
  return {
    name: reader.name,
    kind: reader.kind,
    requests: reader.requests,
    bytes: reader.bytes,
    changes: sorted.length,
    seen: reader.answers,
    leftOut: reader.leftOut ?? 0,
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    worst: quantile(sorted, 1),
    late,
  };
}

// For so many fans: a multiplication. Heartbeats pass in real time, which a race has next to none of.
export function crowd(one, { fans, span_s, beat_s, beat_bytes }) {
  const beats = one.kind === "poll" ? 0 : Math.floor(span_s / beat_s) * (beat_bytes[one.kind] ?? 0);
  return { asked_s: (one.requests * fans) / span_s, bytes_s: ((one.bytes + beats) * fans) / span_s };
}
