"""Reads a raw message into a `Letter`. No Frappe; never raises, whatever the bytes are.

Broken headers, unknown charsets, and parts that claim to be something else come from real mail programs every day. Whatever
cannot be read is left out or read as well as it can be: the raw message is kept beside it (see spool.py).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

MAX_PARTS = 500  # a message of ten thousand nested parts is no letter
MAX_TEXT = 200_000  # characters that are shown; the whole stands in the raw message
MAX_IDS = 50
IDS = re.compile(r"<([^<>\s]{1,400})>")
# headers that stay the same in every copy of one message, whichever mailboxes it goes to
SAME_IN_COPIES = ("From", "To", "Cc", "Date", "Subject")
# charsets that mail programs name and Python does not
CHARSETS = {
	"windows-874": "cp874",
	"gb2312": "gb18030",
	"gbk": "gb18030",
	"x-gbk": "gb18030",
	"ks_c_5601-1987": "cp949",
}
NAMELESS = {"message/rfc822": "message.eml", "text/calendar": "invitation.ics", "text/html": "page.html"}


@dataclass(frozen=True, slots=True)
class Address:
	"""One address of a header, in lower case, and the name beside it."""

	name: str
	address: str

	def __str__(self) -> str:
		return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, slots=True)
class Attachment:
	"""A part that is no text of the letter. cid: its Content-ID, by which the HTML shows it."""

	name: str
	kind: str
	content: bytes
	cid: str = ""


@dataclass(slots=True)
class Letter:
	"""What a message says. `sender` is None where no address can be read from its From."""

	head: Message
	message_id: str = ""
	answers: list[str] = field(default_factory=list)
	sender: Address | None = None
	reply_to: list[Address] = field(default_factory=list)
	to: list[Address] = field(default_factory=list)
	cc: list[Address] = field(default_factory=list)
	delivered_to: list[Address] = field(default_factory=list)
	subject: str = ""
	written_on: datetime | None = None
	text: str = ""
	html: str = ""
	attachments: list[Attachment] = field(default_factory=list)
	content_hash: str = ""

	def header(self, name: str) -> str:
		return plain(self.head.get(name))

	@property
	def wants_no_receipt(self) -> bool:
		"""A list, or a mail program that asks for no automatic answer; a person may write through either."""
		suppress = self.header("X-Auto-Response-Suppress").lower()
		if any(word in suppress for word in ("all", "oof", "autoreply")):
			return True
		return bool(self.header("List-Id") or self.header("List-Unsubscribe")) or (
			self.header("Precedence").strip().lower() == "list"
		)

	@property
	def is_forged(self) -> bool:
		"""Our own mail server, whose header is the first, says that the sender's domain disowns this message."""
		return bool(re.search(r"\bdmarc\s*=\s*fail\b", self.header("Authentication-Results"), re.IGNORECASE))


def read(raw: bytes) -> Letter:
	"""The letter in the bytes of a message."""
	try:
		head = message_from_bytes(raw)
	except Exception:
		head = Message()
		head.set_payload(raw.decode("latin-1"))
	letter = Letter(head)
	letter.message_id = _id(head)
	letter.answers = _ids(head)
	letter.sender = next(iter(_addresses(head, "From")), None) or next(iter(_addresses(head, "Sender")), None)
	letter.reply_to = _addresses(head, "Reply-To")
	letter.to, letter.cc = _addresses(head, "To"), _addresses(head, "Cc")
	letter.delivered_to = _addresses(head, "Delivered-To") + _addresses(head, "X-Original-To")
	letter.subject = " ".join(plain(head.get("Subject")).split())
	letter.written_on = _moment(head)
	letter.content_hash = content_hash(head, raw)
	_read_parts(letter)
	return letter


def content_hash(head: Message, raw: bytes) -> str:
	"""The same for copies of one message in several mailboxes; other content gives another one."""
	said = [plain(head.get(name)) for name in SAME_IN_COPIES]
	body = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)
	digest = hashlib.sha256("\n".join(said).encode("utf-8", "replace"))
	# mail servers change line breaks and blank lines at the end
	digest.update(b"\0" + (body[1] if len(body) > 1 else b"").replace(b"\r\n", b"\n").rstrip())
	return digest.hexdigest()


def _read_parts(letter: Letter) -> None:
	texts: list[str] = []
	pages: list[str] = []
	for part in _leaves(letter.head):
		try:
			_read_part(part, letter, texts, pages)
		except Exception:
			continue  # one part that cannot be read keeps no other from being read
	letter.text = "\n".join(texts)[:MAX_TEXT].replace("\0", "")
	letter.html = "\n".join(pages)[:MAX_TEXT].replace("\0", "")


def _read_part(part: Message, letter: Letter, texts: list[str], pages: list[str]) -> None:
	kind, name = part.get_content_type(), _file_name(part)
	attached = bool(name) or part.get_content_disposition() == "attachment"
	if kind == "message/rfc822":
		letter.attachments.append(_attached_message(part, name))
	elif kind == "text/plain" and not attached:
		texts.append(_decoded(part))
	elif kind == "text/html" and not attached:
		pages.append(_decoded(part))
	else:
		content = part.get_payload(decode=True)
		if isinstance(content, bytes) and content:
			cid = plain(part.get("Content-Id")).strip("<> ")
			letter.attachments.append(Attachment(name or _made_up_name(kind, letter), kind, content, cid))


def _leaves(message: Message) -> Iterator[Message]:
	"""Parts that hold something; what is inside an attached message stays inside it. Not recursive: nesting may be deep."""
	waiting, seen = [message], 0
	while waiting and seen < MAX_PARTS:
		part = waiting.pop(0)
		seen += 1
		inner = part.get_payload()
		if part.get_content_type() != "message/rfc822" and part.is_multipart() and isinstance(inner, list):
			waiting[:0] = [one for one in inner if isinstance(one, Message)]
		else:
			yield part


def _attached_message(part: Message, name: str) -> Attachment:
	inner = part.get_payload()
	if isinstance(inner, list) and inner and isinstance(inner[0], Message):
		content = inner[0].as_bytes()
	else:
		decoded = part.get_payload(decode=True)
		content = decoded if isinstance(decoded, bytes) else str(inner).encode("utf-8", "replace")
	return Attachment(name or NAMELESS["message/rfc822"], "message/rfc822", content)


def _made_up_name(kind: str, letter: Letter) -> str:
	if kind in NAMELESS:
		return NAMELESS[kind]
	ending = re.sub(r"[^a-z0-9]", "", kind.partition("/")[2].lower())[:8] or "bin"
	return f"attachment-{len(letter.attachments) + 1}.{ending}"


def _file_name(part: Message) -> str:
	try:
		name = plain(part.get_filename())
	except Exception:
		return ""
	# the last piece of a path, whichever system wrote it
	return re.sub(r"[\x00-\x1f]", "", re.split(r"[\\/]", name)[-1]).strip(". ")[-120:]


def _decoded(part: Message) -> str:
	content = part.get_payload(decode=True)
	if not isinstance(content, bytes):
		return str(part.get_payload())
	try:
		charset = (part.get_content_charset() or "").strip("'\" ").lower()
	except Exception:
		charset = ""
	for name in (CHARSETS.get(charset, charset), "utf-8"):
		try:
			return content.decode(name) if name else content.decode("utf-8")
		except (LookupError, UnicodeError, ValueError):
			continue
	for name in (CHARSETS.get(charset, charset), "gb18030"):
		try:
			return content.decode(name, "replace" if name == charset else "strict")
		except (LookupError, UnicodeError, ValueError):
			continue
	return content.decode("latin-1")


def plain(value: object) -> str:
	"""A header's value as text, however it was written."""
	if value is None:
		return ""
	try:
		pieces = decode_header(str(value) if not isinstance(value, str) else value)
	except Exception:
		return _clean(str(value))
	words = []
	for piece, charset in pieces:
		if isinstance(piece, str):
			words.append(piece)
			continue
		name = CHARSETS.get((charset or "").lower(), charset or "utf-8")
		try:
			words.append(piece.decode(name, "replace"))
		except (LookupError, ValueError):
			words.append(piece.decode("utf-8", "replace"))
	return _clean("".join(words))


def _clean(text: str) -> str:
	"""Without control characters, and without halves of characters that no database takes."""
	text = text.encode("utf-8", "replace").decode("utf-8")
	return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", text).strip()


def _addresses(head: Message, name: str) -> list[Address]:
	try:
		values = [str(value) for value in head.get_all(name) or []]
		# an address is read before its name is decoded: a name may hold what looks like another address
		pairs = getaddresses(values[:20], strict=False) if _strict_known() else getaddresses(values[:20])
	except Exception:
		return []
	found = [Address(plain(label)[:140], _clean(address).lower()) for label, address in pairs[:200]]
	return [one for one in found if _is_address(one.address)]


def _strict_known() -> bool:
	return "strict" in getaddresses.__code__.co_varnames


def _is_address(text: str) -> bool:
	return bool(
		re.fullmatch(r"[^\s@<>()\[\],;:\"\\]{1,64}@[^\s@<>()\[\],;:\"\\]+\.[^\s@<>()\[\],;:\"\\]+", text)
	) and (len(text) <= 140)


def _id(head: Message) -> str:
	value = _clean(plain(head.get("Message-ID")))
	found = IDS.search(value)
	return (found[1] if found else value.strip("<> "))[:400]


def _ids(head: Message) -> list[str]:
	"""Message-IDs that the letter answers, the nearest first: In-Reply-To, then References from the end."""
	# some programs write long ones as encoded words, which no Message-ID should be
	nearest = IDS.findall(_clean(plain(head.get("In-Reply-To"))))
	older = IDS.findall(_clean(" ".join(plain(value) for value in head.get_all("References") or [])))
	return list(dict.fromkeys([*nearest, *reversed(older)]))[:MAX_IDS]


def _moment(head: Message) -> datetime | None:
	"""When it was written, in UTC; None where it does not say, or says what cannot be."""
	try:
		moment = parsedate_to_datetime(str(head.get("Date")))
		moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
	except Exception:
		return None
	return moment if 1990 <= moment.year <= 2200 else None
