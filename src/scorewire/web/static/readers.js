// Four ways to hear of one game, each of which counts what it costs: for the race of the page /how.
// Bytes are those of HTTP/1.1 heads and bodies and of WebSocket frames, as far as a browser can know them.

export const SOCKET_HEAD_BYTES = 166; // Of the node's answer to an upgrade, which no script is shown; a test counts it.
export const BEAT_BYTES = { sse: 3, socket: 2 }; // A comment `:` and its empty line; a ping without a word.
const UNDER_WAY_MAX = 3; // Questions without an answer yet: a browser opens six connections to one host.

const text = new TextEncoder();

function headBytes(answer) {
  let bytes = `HTTP/1.1 ${answer.status} ${answer.statusText}\r\n\r\n`.length;
  for (const [name, value] of answer.headers) bytes += name.length + value.length + 4;
  return bytes;
}

class Reader {
  constructor(name, game) {
    this.name = name;
    this.game = game;
    this.requests = 0;
    this.bytes = 0;
    this.last = 0;
    this.answers = 0;
    this.heard = new Map(); // seq -> when it was here, and when that was asked for
  }

  // All changes up to `seq` are known here, be it that some were overtaken by newer ones.
  hear(seq, at, asked = 0) {
    if (!this.last) this.last = seq; // The state that it begins with.
    if (seq > this.last) this.answers += 1;
    for (let each = this.last + 1; each <= seq; each++) this.heard.set(each, { at, asked });
    this.last = Math.max(this.last, seq);
  }
}

export class Streamed extends Reader {
  kind = "sse";

  async open() {
    this.requests += 1;
    this.leaving = new AbortController();
    const answer = await fetch(`/v1/stream?game=${this.game}`, {
      cache: "no-store", signal: this.leaving.signal, headers: { Accept: "text/event-stream" },
    });
    if (!answer.ok || !answer.body) throw new Error(`the stream answers ${answer.status}`);
    this.bytes += headBytes(answer);
    this.read(answer.body.getReader()).catch(() => {}); // It ends when it is closed.
  }

  async read(body) {
    const decoder = new TextDecoder();
    let held = "";
    for (;;) {
      const { done, value } = await body.read();
      if (done) return;
      const at = performance.now();
      if (!(value.length === BEAT_BYTES.sse && value[0] === 58)) this.bytes += value.length; // Heartbeats: see BEAT_BYTES.
      held += decoder.decode(value, { stream: true });
      const blocks = held.split("\n\n");
      held = blocks.pop();
      for (const block of blocks) {
        const data = block.split("\n").find((line) => line.startsWith("data: "));
        const told = data ? JSON.parse(data.slice(6)) : {};
        if (told.seq) this.hear(told.seq, at);
      }
    }
  }

  close() {
    this.leaving?.abort();
  }
}

export class Socketed extends Reader {
  kind = "socket";

  open() {
    this.requests += 1;
    const { protocol, host } = location;
    this.socket = new WebSocket(`${protocol === "https:" ? "wss" : "ws"}://${host}/v1/ws`);
    this.socket.onmessage = ({ data }) => {
      const at = performance.now();
      const length = text.encode(data).length;
      this.bytes += length + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
      const told = JSON.parse(data);
      if (told.seq) this.hear(told.seq, at);
    };
    return new Promise((resolve, reject) => {
      this.socket.onopen = () => {
        this.bytes += SOCKET_HEAD_BYTES;
        this.socket.send(JSON.stringify({ action: "subscribe", game_id: this.game }));
        resolve();
      };
      this.socket.onerror = () => reject(new Error("the WebSocket cannot be opened"));
    });
  }

  close() {
    this.socket?.close();
  }
}

// Asks when its turn has come, whoever is still waiting: each `every_ms` of this browser's time.
export class Polling extends Reader {
  kind = "poll";

  constructor(name, game, every_ms) {
    super(name, game);
    this.every_ms = every_ms;
    this.unanswered = 0;
    this.leftOut = 0;
    this.etag = "";
  }

  open() {
    return this.ask(); // What the others are told as they join.
  }

  begin() {
    this.due = performance.now() + Math.random() * this.every_ms;
    this.wait();
  }

  wait() {
    this.timer = setTimeout(() => {
      this.due += this.every_ms;
      this.wait();
      if (this.unanswered >= UNDER_WAY_MAX) this.leftOut += 1;
      else this.ask().catch(() => {});
    }, Math.max(0, this.due - performance.now()));
  }

  async ask() {
    const asked = performance.now();
    this.requests += 1;
    this.unanswered += 1;
    try {
      const answer = await fetch(`/v1/games/${this.game}/score`, {
        cache: "no-store", headers: this.etag ? { "If-None-Match": this.etag } : {},
      });
      const body = await answer.text();
      this.bytes += headBytes(answer) + text.encode(body).length;
      if (answer.status !== 200) return;
      this.etag = answer.headers.get("etag") ?? "";
      this.hear(JSON.parse(body).seq, performance.now(), asked);
    } finally {
      this.unanswered -= 1;
    }
  }

  close() {
    clearTimeout(this.timer);
  }
}
