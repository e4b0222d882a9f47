"""A survey tool's API on this machine: pages, limits, failures, an expired key."""

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from orchestration.settings import ROOT

KEY = "dlgt-S3cret/key+4711"


@dataclass
class SurveyTool:
    """What it holds, whom it lets in, and what it answers to the next requests instead."""

    records: list[dict[str, Any]] = field(default_factory=list)
    key: str = KEY
    faults: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0
    at_request: dict[int, Callable[[], object]] = field(default_factory=dict)
    wrapped: str | None = None

    def change(self, number: int, score: int, at: int) -> None:
        """Somebody changes an answer."""
        self.records[number] |= {"score": score, "updated_at": at}

    def in_words(self) -> None:
        """From now on the tool writes times as ISO 8601."""
        for record in self.records:
            moment = datetime.fromtimestamp(record["updated_at"], UTC)
            record["updated_at"] = moment.isoformat().replace("+00:00", "Z")

    def write_pull(self, folder: Path, **changes: Any) -> Path:
        """Write the shipped example as a pull from this server."""
        example = ROOT / "orchestration" / "pulls" / "examples" / "survey_responses.yaml"
        said = yaml.safe_load(example.read_text())
        said["rest"] |= {"base_url": f"http://127.0.0.1:{self.port}/v1/", **changes}
        said["rest"]["params"]["per_page"] = 10
        said["cursor"]["overlap_seconds"] = 0
        folder.mkdir(exist_ok=True)
        path = folder / "survey_responses.yaml"
        path.write_text(yaml.safe_dump(said))
        return path

    def answer(self, address: str, authorization: str | None) -> tuple[int, bytes]:
        """Status and body of the answer to one request."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(asked)
        if authorization != "Basic " + b64encode(f"{self.key}:".encode()).decode():
            return 401, b'{"error": "unauthorized"}'
        self.at_request.pop(len(self.asked), lambda: None)()
        since, size = asked["updated_since"], int(asked["per_page"])
        found = [r for r in self.records if str(r["updated_at"]) >= since]
        first = (int(asked["page"]) - 1) * size
        page: Any = found[first : first + size]
        if self.wrapped:
            page = {"items": page, "next": self.wrapped}
        body = json.dumps(page).encode()
        fault = self.faults.pop(0) if self.faults else ""
        if fault.isdigit():
            return int(fault), b"not now"
        return 200, {"cut": body[:-40], "words": b'{"message": "maintenance"}'}.get(fault, body)


def answers(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Responses of invented people as the tool writes them."""
    return [
        {
            "id": f"r{number:04d}",
            "survey_type": "nps",
            "score": number % 11,
            "comment": f"Größe {number}, “fine”" if number % 3 else None,
            "permalink": "not wanted",
            "created_at": 1_750_000_000 + number * 100,
            "updated_at": 1_750_000_000 + number * 100,
            "person": {"email": f"p{number}@example.com", "name": f"P {number}"},
            "person_properties": {"customer_id": f"C-{number}", "Other": 1},
        }
        for number in range(first, first + count)
    ]


@contextmanager
def survey_tool(count: int = 35) -> Iterator[SurveyTool]:
    """Serve a survey tool on a free port."""
    tool = SurveyTool(answers(count))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = tool.answer(self.path, self.headers["Authorization"])
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    tool.port = server.server_address[1]
    try:
        yield tool
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
