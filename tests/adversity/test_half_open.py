"""A network that dies: nothing is acknowledged, nobody is told. It needs a network of its own (`netns`)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STALL_S = 3
SCRIPT = """
import subprocess, socket, sys, time
from pathlib import Path
from node_process import NodeProcess, declare
from adversity.supporters import SseSupporter

run = lambda *words: subprocess.run(words, check=True)
run("ip", "link", "set", "lo", "up")
env = {"SCOREWIRE__FANOUT__STALL_S": sys.argv[2], "SCOREWIRE__FANOUT__HEARTBEAT_S": "1"}
node = NodeProcess(Path(sys.argv[1]), env=env).start()
try:
    node.key("acme")
    node.post("acme", declare("g1"))
    node.settle("g1", 1)
    fans = lambda: [line.split()[-1] for line in node.get("/metrics").text.splitlines()
                    if line.startswith("scorewire_fan_connections{")]
    upgrade = b"Upgrade: websocket\\r\\nConnection: Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\n"
    upgrade += b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n"
    host = b" HTTP/1.1\\r\\nHost: x\\r\\n"
    asked = b"GET /v1/stream?game=g1" + host, b"GET /v1/ws" + host + upgrade
    gone = []
    for request in asked:
        sock = socket.socket()
        sock.bind(("127.0.0.9", 0))
        sock.connect(("127.0.0.1", node.port))
        sock.sendall(request + b"\\r\\n")
        assert sock.recv(65536)
        gone.append(sock)
    healthy = SseSupporter(node.port, "g1").come()
    healthy.reach(1)
    held = lambda: sum(map(float, fans()))
    assert held() == 3, fans()
    # From now on no packet reaches 127.0.0.9, and none from there arrives.
    run("ip", "route", "add", "blackhole", "127.0.0.9/32", "table", "local")
    begun = time.monotonic()
    while held() > 1:
        assert time.monotonic() - begun < 12 * float(sys.argv[2]), f"still held: {fans()}"
        time.sleep(0.1)
    assert healthy.joins == 1
    healthy.leave()
    print("reaped", time.monotonic() - begun)
finally:
    node.close()
"""


@pytest.mark.netns
def test_fans_whose_network_has_died_are_reaped(tmp_path: Path) -> None:
    tests = Path(__file__).resolve().parents[1]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), os.environ.get("PYTHONPATH", "")])}
    command = ["unshare", "-n", sys.executable, "-c", SCRIPT, str(tmp_path / "data"), str(STALL_S)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "reaped" in done.stdout
