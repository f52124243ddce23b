"""An HTTP server on loopback that answers as it is told and keeps what it was asked: a chat robot, a text message gateway."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar


@dataclass
class Said:
	"""One answer. cut_off: the connection ends in the middle of it; slow: seconds before it."""

	body: str = ""
	status: int = 200
	headers: dict[str, str] = field(default_factory=dict)
	cut_off: bool = False
	slow: float = 0


@dataclass
class Asked:
	method: str
	path: str
	headers: dict[str, str]
	body: str


class Answering:
	"""address: `127.0.0.1:port`. answers: given in turn, the last one again and again. asked: every request, in order."""

	def __init__(self, address: str) -> None:
		self.address = address
		self.answers: list[Said] = [Said("ok")]
		self.asked: list[Asked] = []

	def says(self, *answers: Said) -> None:
		self.answers = list(answers)

	def take(self, asked: Asked) -> Said:
		self.asked.append(asked)
		return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


Kind = TypeVar("Kind", bound=Answering)


@contextmanager
def answering(kind: type[Kind] = Answering) -> Iterator[Kind]:
	"""Start one, or one of another `kind` that chooses its answers by itself; it ends with the block."""

	class Handler(BaseHTTPRequestHandler):
		def _answer(self) -> None:
			body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
			said = kept.take(Asked(self.command, self.path, dict(self.headers), body))
			time.sleep(said.slow)
			content = said.body.encode()
			self.send_response(said.status)
			for name, value in said.headers.items():
				self.send_header(name, value)
			self.send_header("Content-Length", str(len(content) + (100 if said.cut_off else 0)))
			self.end_headers()
			with suppress(BrokenPipeError):  # who asked has given up waiting
				self.wfile.write(content)
			self.close_connection = True

		do_GET = do_POST = _answer

		def log_message(self, *_args: object) -> None:
			"""Nothing on the terminal."""

	server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
	kept = kind(f"127.0.0.1:{server.server_port}")
	threading.Thread(target=server.serve_forever, daemon=True).start()
	try:
		yield kept
	finally:
		server.shutdown()
		server.server_close()
