"""A site of somebody else: its own origin, its own strict policy, and no idea of scores."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ForeignSite:
    """Serves one page at a time on a port of its own.

    Attributes:
        policy: its Content-Security-Policy.
        page: its HTML; for every path the same.
    """

    def __init__(self) -> None:
        self.policy = ""
        self.page = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = site.page.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                if site.policy:
                    self.send_header("Content-Security-Policy", site.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Another host by name than the node's 127.0.0.1: another site, not only another port.
        self.url = f"http://localhost:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, name="foreign site")

    def __enter__(self) -> "ForeignSite":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)
