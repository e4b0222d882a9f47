"""A webhook and a mail server on this machine, for alerts to arrive at."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, ClassVar


@dataclass
class Webhook:
    """What was posted; `status` is what the server answers."""

    port: int = 0
    status: int = 200
    posts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks/secret-token"


@dataclass
class MailServer:
    """What was delivered, and every command that was sent."""

    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    refuses_recipients: bool = False


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Serve a webhook on a free port."""
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posts.append(json.loads(body))
            self.send_response(hook.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as hook.port:
        yield hook


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """Serve SMTP on a free port, without encryption."""
    server = MailServer()

    class Handler(StreamRequestHandler):
        answers: ClassVar = {"EHLO": "250 here", "QUIT": "221 bye", "DATA": "354 go on"}

        def handle(self) -> None:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                server.commands.append(line)
                word = line.split(maxsplit=1)[0].upper()
                refused = word == "RCPT" and server.refuses_recipients
                self._say("550 nobody here" if refused else self.answers.get(word, "250 ok"))
                if word == "DATA":
                    self._take_message()
                if word == "QUIT":
                    return

        def _take_message(self) -> None:
            lines = list(iter(self.rfile.readline, b".\r\n"))
            message = message_from_bytes(b"".join(lines), policy=policy.default)
            assert isinstance(message, EmailMessage)
            server.messages.append(message)
            self._say("250 taken")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

    with _serving(ThreadingTCPServer(("127.0.0.1", 0), Handler)) as server.port:
        yield server


@contextmanager
def _serving(server: ThreadingTCPServer | ThreadingHTTPServer) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
