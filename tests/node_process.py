"""A real node in a process of its own, and independent ways to talk to it: httpx, raw sockets, `hmac`.

Nothing here uses the product's own client or signer, so that a mistake made twice does not pass.
"""

import base64
import hashlib
import hmac
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx

import shared_profile
from services.ports import choose_port

START_S = 60.0
WORKERS = int(os.environ.get("SCOREWIRE_TEST_WORKERS", "0"))
"""Every test of a real node can be run on one with workers: `make workers`."""


class NodeProcess:
    """`scorewire serve` on a data folder; `kill` and `start` again keep folder and port."""

    def __init__(
        self,
        data: Path,
        *,
        port: int = 0,
        config: Path | None = None,
        env: dict[str, str] | None = None,
        workers: int | None = None,
    ):
        self.data = data
        self.workers = WORKERS if workers is None else workers
        self.port = port or free_port()
        self.config = config
        self.env = {**os.environ, "PYTHONUNBUFFERED": "1", "SCOREWIRE__SERVER__DRAIN_S": "0.2"}
        self.env |= {**shared_profile.settings(data), **(env or {})}
        self.process: subprocess.Popen[str] | None = None
        self.secrets: dict[str, str] = {}
        self.log = data.parent / f"{data.name}.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "NodeProcess":
        """Start it and wait until it is ready."""
        self.launch()
        return self.await_ready()

    def launch(self) -> None:
        """Start it; it may not be ready for a while, or end again."""
        command = [
            sys.executable,
            "-m",
            "scorewire",
            "serve",
            "--port",
            str(self.port),
            "--data",
            str(self.data),
        ]
        if self.workers:
            command += ["--workers", str(self.workers)]
        if self.config is not None:
            command += ["--config", str(self.config)]
        with self.log.open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self.env, text=True)

    def await_ready(self, within_s: float = START_S) -> "NodeProcess":
        """Wait until it is ready, all of its workers too; one that is not in time is ended."""
        assert self.process is not None
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(f"{self.url}/readyz?verbose", timeout=2)
                # A node is ready with its first worker, and tests count on every one.
                if answer.status_code == 200 and "[!]workers" not in answer.text:
                    return self
            except httpx.TransportError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.close()  # nobody else would, and it may yet come up
        raise AssertionError(f"the node did not start:\n{self.log.read_text()}")

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nobody is told."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """A signal, and the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(30)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def key(self, provider: str) -> str:
        """A new secret for a provider, made by the running node, or in its folder while it does not run.

        `scorewire keys create` asks the node the same, and takes most of a second to start for it.
        """
        runs = self.process is not None and self.process.poll() is None
        if not runs or not (self.data / "admin.sock").exists() or not Path("/proc/self/fd").exists():
            return self._key_by_command(provider)
        folder = os.open(self.data, os.O_RDONLY)
        try:
            # Through the folder's descriptor, because a path may be too long for a socket.
            through = httpx.HTTPTransport(uds=f"/proc/self/fd/{folder}/admin.sock")
            with httpx.Client(transport=through, base_url="http://node", timeout=20) as client:
                made = client.post("/v1/admin/keys", json={"provider": provider, "kind": "webhook"})
        finally:
            os.close(folder)
        assert made.status_code == 201, made.text
        self.secrets[provider] = made.json()["secret"]
        return self.secrets[provider]

    def _key_by_command(self, provider: str) -> str:
        command = [
            sys.executable,
            "-m",
            "scorewire",
            "keys",
            "create",
            provider,
            "--data",
            str(self.data),
            "--json",
        ]
        made = subprocess.run(command, check=True, capture_output=True, text=True, env=self.env)
        self.secrets[provider] = json.loads(made.stdout)["secret"]
        return self.secrets[provider]

    def get(self, path: str, **kwargs: object) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=20, **kwargs)  # type: ignore[arg-type]

    def score(self, game_id: str) -> dict:
        answer = self.get(f"/v1/games/{game_id}/score")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(
        self,
        provider: str,
        body: bytes | list | dict,
        *,
        webhook_id: str | None = None,
        client: httpx.Client | None = None,
        **headers: str,
    ) -> httpx.Response:
        """One signed call; a list is a batch, a dict one event."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = (
            "application/cloudevents-batch+json" if isinstance(body, list) else "application/cloudevents+json"
        )
        signed = sign(self.secrets[provider], raw, webhook_id or f"w-{time.monotonic_ns()}")
        send = client.post if client is not None else httpx.post
        return send(
            f"{self.url}/v1/ingest/{provider}",
            content=raw,
            headers={"content-type": kind, **signed, **headers},
            timeout=30,
        )

    def claims(self) -> list[dict]:
        """What lies on the provider log, those of a game in their order."""
        if shared_profile.ENABLED:
            return [json.loads(value) for value in shared_profile.claims(self.data)]
        with closing(sqlite3.connect(f"file:{self.data / 'log.sqlite'}?mode=ro", uri=True)) as log:
            found = log.execute("SELECT value FROM claims ORDER BY offset").fetchall()
        return [json.loads(value) for (value,) in found]

    def await_decided(self, within_s: float = 30.0) -> None:
        """Wait until what was accepted has had its effect on the journal; what is shown may be older.

        In the embedded profile nothing is waited for: what a test reads next asks the same process.
        """
        if shared_profile.ENABLED:
            shared_profile.await_decided(self.data, within_s=within_s)

    def rest(self, game_id: str) -> dict:
        """What a game shows when all that was accepted is decided and shown."""
        self.await_decided()
        found = self.get(f"/v1/games/{game_id}/score")
        seq = 0
        while page := self.get(f"/v1/games/{game_id}/events?since_seq={seq}").json()["events"]:
            seq = page[-1]["seq"]
        return self.settle(game_id, seq) if seq else found.json()

    def settle(self, game_id: str, seq: int, timeout_s: float = 30.0) -> dict:
        """Wait until the game's head is at least at `seq`."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            answer = self.get(f"/v1/games/{game_id}/score")
            if answer.status_code == 200 and answer.json()["seq"] >= seq:
                return answer.json()
            time.sleep(0.02)
        raise AssertionError(
            f"{game_id} did not reach {seq}: {self.get(f'/v1/games/{game_id}/score').text[:300]}"
        )


def sign(secret: str, body: bytes, webhook_id: str, timestamp: int | None = None) -> dict[str, str]:
    """Standard Webhooks by hand: HMAC-SHA256 over `id.timestamp.body`."""
    stamp = str(int(time.time()) if timestamp is None else timestamp)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{webhook_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


def free_port() -> int:
    """A port that no client is given as its own end while the node starts, or starts again."""
    return choose_port()


def declare(game_id: str, provider: str = "acme", **data: object) -> dict:
    """A CloudEvent that declares a soccer game."""
    return {
        "specversion": "1.0",
        "id": f"declare-{game_id}",
        "source": provider,
        "type": "scorewire.game.scheduled.v1",
        "subject": game_id,
        "time": "2026-11-21T14:00:00Z",
        "data": {
            "sport": "soccer",
            "league": {"id": "cup", "name": "Cup"},
            "season": "2026",
            "start": "2026-11-21T15:00:00Z",
            "home": {"id": "red", "name": "Red Town", "abbr": "RED"},
            "away": {"id": "blu", "name": "Blue City", "abbr": "BLU"},
            **data,
        },
    }


def event(game_id: str, number: int, type_: str, provider: str = "acme", **data: object) -> dict:
    """A CloudEvent that claims something; `number` is its sequence, its id and its second."""
    return {
        "specversion": "1.0",
        "id": f"{game_id}-{number}-{time.monotonic_ns()}",
        "source": provider,
        "type": "scorewire.game.event.v1",
        "subject": game_id,
        "time": f"2026-11-21T15:{number // 60 % 60:02}:{number % 60:02}Z",
        "data": {"event": f"e{number}", "sequence": number, "type": type_, **data},
    }


def sse(response: httpx.Response) -> Iterator[dict[str, str]]:
    """The events of a stream, by the WHATWG grammar: fields of each block that has data, with its last id."""
    last_id = ""
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if not line:
            if "data" in fields:
                yield {"event": "message", **fields, "id": last_id}
            fields = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "id":
                last_id = value
            elif name == "data" and "data" in fields:
                fields["data"] += "\n" + value
            else:
                fields[name] = value
