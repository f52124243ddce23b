"""The mail servers: one small interface over IMAP and POP3. Nothing here writes to the database.

A message is known by its `uid`: on IMAP the UID, valid together with the folder's UIDVALIDITY; on POP3 what UIDL says.
"""

from __future__ import annotations

import base64
import imaplib
import poplib
import re
import ssl
from datetime import datetime
from typing import Any, Protocol

import frappe
from frappe import _
from frappe.utils.password import get_decrypted_password

TIMEOUT = 30  # seconds
PORTS = {("IMAP", True): 993, ("IMAP", False): 143, ("POP3", True): 995, ("POP3", False): 110}
LEAVE, MARK, DELETE = "Leave", "Mark as Read", "Delete"
# the connection is gone, or no longer says what belongs together
LOST = (OSError, EOFError, imaplib.IMAP4.abort, poplib.error_proto)
# a message may be one line; the library's own limit is 2048 characters of a line
poplib._MAXLINE = max(poplib._MAXLINE, 100_000_000)
imaplib._MAXLINE = max(imaplib._MAXLINE, 10_000_000)


class MailServerError(frappe.ValidationError):
	"""The mail server refused something."""


class Box(Protocol):
	"""A mailbox that is open. `validity`: as long as it is the same, so are the uids; "" where uids never change."""

	validity: str

	def next_uid(self) -> int | None:
		"""A number that only later messages will have; None where uids are no numbers."""

	def waiting(self, after: int, since: datetime | None) -> list[str]:
		"""uids of the messages that are there, the oldest first. after, since: only later ones, as far as the server can tell."""

	def fetch(self, uid: str) -> bytes | None:
		"""The raw message; None where it has gone meanwhile. Raises MailServerError where the server refuses it, and one of
		LOST where the connection ends at it."""

	def open(self) -> None:
		"""Connect and log in, also once more after the connection was lost."""

	def done(self, uids: list[str], what: str) -> None:
		"""Mark or delete these messages, whichever are still there."""

	def close(self) -> None: ...


def connect(mailbox: Any) -> Box:
	"""Log in to the server of a Service Mailbox and open its folder. Raises whatever the server or the network says."""
	secure = mailbox.security == "SSL/TLS"
	port = mailbox.port or PORTS[mailbox.protocol, secure]
	return (ImapBox if mailbox.protocol == "IMAP" else PopBox)(mailbox, port, secure)


class ImapBox:
	def __init__(self, mailbox: Any, port: int, secure: bool) -> None:
		self.where = (mailbox, port, secure)
		self.open()

	def open(self) -> None:
		mailbox, port, secure = self.where
		if secure:
			context = ssl.create_default_context()
			self.server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
				mailbox.server, port, timeout=TIMEOUT, ssl_context=context
			)
		else:
			self.server = imaplib.IMAP4(mailbox.server, port, timeout=TIMEOUT)
		try:
			if mailbox.security == "STARTTLS":
				self.server.starttls(ssl.create_default_context())
			if mailbox.auth_method == "OAuth":
				said = bearer(mailbox.user_name, access_token(mailbox))
				# a server that refuses says why in a second challenge, which wants an empty answer
				self.server.authenticate("XOAUTH2", lambda challenge: b"" if challenge else said)
			else:
				self.server.login(mailbox.user_name, password(mailbox))
			self._open(mailbox.folder or "INBOX")
		except BaseException:
			self.close()
			raise

	def _open(self, folder: str) -> None:
		escaped = folder_name(folder).replace("\\", "\\\\").replace('"', '\\"')
		status, answer = self.server.select(f'"{escaped}"')
		if status != "OK":
			frappe.throw(
				_("The folder {0} cannot be opened: {1}").format(folder, _said(answer)), MailServerError
			)
		found = self.server.untagged_responses.get("UIDVALIDITY") or self.server.response("UIDVALIDITY")[1]
		self.validity = (found[0] or b"").decode() if found else ""
		self._next = self.server.untagged_responses.get("UIDNEXT") or self.server.response("UIDNEXT")[1]

	def next_uid(self) -> int | None:
		if self._next and self._next[0]:
			return int(self._next[0])
		found = [int(uid) for uid in self.waiting(0, None)]
		return max(found, default=0) + 1

	def waiting(self, after: int, since: datetime | None) -> list[str]:
		words = ["UID", f"{after + 1}:*", "UNDELETED"]
		if since:
			words += ["SINCE", imaplib.Time2Internaldate(since.timestamp())[1:12].strip()]
		answer = self._must(self.server.uid("SEARCH", *words))
		uids = sorted({int(uid) for uid in b" ".join(line for line in answer if line).split()})
		# "12:*" names the last message even where its UID is lower
		return [str(uid) for uid in uids if uid > after]

	def fetch(self, uid: str) -> bytes | None:
		try:
			answer = self._must(self.server.uid("FETCH", uid, "(UID BODY.PEEK[])"))
		except imaplib.IMAP4.abort:
			raise
		except imaplib.IMAP4.error as error:
			raise MailServerError(str(error)) from error
		for part in answer:
			if isinstance(part, tuple) and re.search(rb"BODY\[\]", part[0]):
				return bytes(part[1])
		return None

	def done(self, uids: list[str], what: str) -> None:
		if what == LEAVE or not uids:
			return
		flag = r"(\Deleted)" if what == DELETE else r"(\Seen)"
		for start in range(0, len(uids), 200):
			chunk = ",".join(uids[start : start + 200])
			self._must(self.server.uid("STORE", chunk, "+FLAGS.SILENT", flag))
			if what == DELETE:
				# only ours, where the server can: somebody else may have marked others
				if "UIDPLUS" in self.server.capabilities:
					self._must(self.server.uid("EXPUNGE", chunk))
				else:
					self._must(self.server.expunge())

	def _must(self, answered: tuple[str, list[Any]]) -> list[Any]:
		status, answer = answered
		if status != "OK":
			frappe.throw(_("The mail server answers: {0}").format(_said(answer)), MailServerError)
		return answer

	def close(self) -> None:
		try:
			self.server.logout()
		except Exception:
			self.server.shutdown()


class PopBox:
	validity = ""

	def __init__(self, mailbox: Any, port: int, secure: bool) -> None:
		self.where = (mailbox, port, secure)
		self.open()

	def open(self) -> None:
		mailbox, port, secure = self.where
		if secure:
			self.server: poplib.POP3 = poplib.POP3_SSL(
				mailbox.server, port, timeout=TIMEOUT, context=ssl.create_default_context()
			)
		else:
			self.server = poplib.POP3(mailbox.server, port, timeout=TIMEOUT)
		try:
			if mailbox.security == "STARTTLS":
				self.server.stls(ssl.create_default_context())
			if mailbox.auth_method == "OAuth":
				self._log_in(bearer(mailbox.user_name, access_token(mailbox)))
			else:
				self.server.user(mailbox.user_name)
				self.server.pass_(password(mailbox))
			self._numbers = dict(reversed(line.decode().split(" ", 1)) for line in self.server.uidl()[1])
		except BaseException:
			self.close()
			raise

	def _log_in(self, said: bytes) -> None:
		"""In two lines, as a token is longer than POP3 lets a command be (RFC 5034); the library knows no AUTH."""
		self.server._shortcmd("AUTH XOAUTH2")
		answer = self.server._shortcmd(base64.b64encode(said).decode())
		if not answer.startswith(b"+OK"):
			self.server._shortcmd("")  # the server says why it refuses, and then refuses

	def next_uid(self) -> int | None:
		return None

	def waiting(self, after: int, since: datetime | None) -> list[str]:
		return list(self._numbers)

	def fetch(self, uid: str) -> bytes | None:
		try:
			lines = self.server.retr(int(self._numbers[uid]))[1]
		except poplib.error_proto as error:
			if str(error).startswith("b'-ERR"):
				raise MailServerError(str(error)) from error
			raise
		# POP3 gives lines; a message is their bytes with the line breaks of the protocol
		return b"".join(line + b"\r\n" for line in lines)

	def done(self, uids: list[str], what: str) -> None:
		if what == DELETE:
			for uid in uids:
				if uid in self._numbers:
					self.server.dele(int(self._numbers[uid]))

	def close(self) -> None:
		try:
			self.server.quit()  # what is to be deleted is deleted here
		except Exception:
			self.server.close()


def password(mailbox: Any) -> str:
	return get_decrypted_password("Service Mailbox", mailbox.name, "password", raise_exception=False) or ""


def access_token(mailbox: Any) -> str:
	"""The token of Frappe's Connected App, renewed by Frappe where it has expired."""
	app = frappe.get_doc("Connected App", mailbox.connected_app)
	kept = app.get_active_token(mailbox.connected_user)
	token = kept.get_password("access_token", raise_exception=False) if kept else None
	if not token:
		frappe.throw(
			_("{0} is not connected. Open the Connected App {1} as {2} and connect it.").format(
				mailbox.name, mailbox.connected_app, mailbox.connected_user
			),
			MailServerError,
		)
	return token


def bearer(login: str, token: str) -> bytes:
	"""What SASL XOAUTH2 says; login: of a shared mailbox its own address, whoever's token it is."""
	return f"user={login}\1auth=Bearer {token}\1\1".encode()


def _said(answer: list[Any]) -> str:
	return b" ".join(part for part in answer if isinstance(part, bytes)).decode("utf-8", "replace")[:300]


def folder_name(name: str) -> str:
	"""A folder's name as IMAP writes it: a form of UTF-7 (RFC 3501, 5.1.3)."""
	return re.sub(
		r"&|[^\x20-\x7e]+",
		lambda found: (
			"&-"
			if found[0] == "&"
			else "&"
			+ base64.b64encode(found[0].encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
			+ "-"
		),
		name,
	)
