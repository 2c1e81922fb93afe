"""A server of our own that stands in for the upstream site."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Upstream:
    """A server on this machine; `answers` says what it sends for each path."""

    def __init__(self):
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                upstream.asked.append(self.path)
                upstream.answers[self.path.strip("/")](self)

            def log_message(self, *args):
                pass

        self.asked, self.answers, self.over = [], {}, threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def send(self, body, length=None, status=200):
        def answer(request):
            request.send_response(status)
            request.send_header("Content-Length", str(len(body) if length is None else length))
            request.end_headers()
            request.wfile.write(body)

        return answer

    def redirect(self, onward):
        def answer(request):
            request.send_response(302)
            request.send_header("Location", onward)
            request.send_header("Content-Length", "0")
            request.end_headers()

        return answer

    def silence(self, request):
        self.over.wait(20)

    def stall(self, request):
        """Begin well, then fall silent."""
        request.send_response(200)
        request.send_header("Content-Length", "1000000")
        request.end_headers()
        request.wfile.write(b"PK\x03\x04")
        request.wfile.flush()
        self.over.wait(20)


def kept(cache):
    return sorted(path.name for path in cache.rglob("*")) if cache.exists() else []
