"""A POP3 server of this machine with the mails a test puts into it, for Frappe's own receiving code."""

from __future__ import annotations

import socketserver
import threading
from typing import Any


class _Session(socketserver.StreamRequestHandler):
	server: _Server

	def say(self, *lines: bytes) -> None:
		self.wfile.write(b"".join(line + b"\r\n" for line in lines))

	def handle(self) -> None:
		self.say(b"+OK")
		while line := self.rfile.readline().decode().split():
			command, mails = line[0].upper(), self.server.mails
			if command == "LIST":
				sizes = (f"{number} {len(mail)}".encode() for number, mail in enumerate(mails, 1))
				self.say(b"+OK", *sizes, b".")
			elif command == "RETR":
				mail = mails[int(line[1]) - 1].replace(b"\r\n", b"\n").split(b"\n")
				# a line that begins with a dot is no end
				self.say(b"+OK", *(b"." + text if text.startswith(b".") else text for text in mail), b".")
			else:
				self.say(b"+OK")
			if command == "QUIT":
				return


class _Server(socketserver.ThreadingTCPServer):
	allow_reuse_address = True
	daemon_threads = True
	mails: list[bytes]


class Mailbox:
	"""As a context manager: listens on `port`; `mails` are raw messages, each fetched anew at every visit."""

	def __init__(self) -> None:
		self.server = _Server(("127.0.0.1", 0), _Session)
		self.mails = self.server.mails = []
		self.port = self.server.server_address[1]

	def __enter__(self) -> Mailbox:
		threading.Thread(
			target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
		).start()
		return self

	def __exit__(self, *_error: Any) -> None:
		self.server.shutdown()
		self.server.server_close()
