"""Takes messages in from the mail servers: fetched, stored raw, committed, and only then marked or deleted on the server.

Wherever this is killed, nothing is lost and nothing doubled: a message that is stored has a unique key of mailbox, UIDVALIDITY
and UID, so that it is not stored again; one that is stored and not yet marked on the server says so (`to_mark`), and is marked
by the next pull. A message the server does not give keeps no other from being fetched, and is asked for again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import frappe
from frappe.utils import add_to_date, cint, get_datetime, now_datetime

from support_service.foundation import batches, locks
from support_service.service_intake.mail import letters, rules, servers, spool

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_mailbox.service_mailbox import ServiceMailbox

MAILBOX, MAIL = "Service Mailbox", "Service Mail"
RECEIVED, PROCESSED, QUARANTINED, IGNORED = "Received", "Processed", "Quarantined", "Ignored"
DUPLICATE = "Duplicate"
FLAG = "support_service:mail_enqueued"
PROCESS = "support_service.service_intake.mail.process.run"
BATCH = 500  # messages of one mailbox in one pull
MARK_EVERY = 25
MOST_LOST = 10  # connections lost at a message in one pull


def run() -> None:
	"""Pull every mailbox whose time has come (scheduler, every minute). Commits."""
	now = now_datetime()
	rows = frappe.get_all(MAILBOX, {"enabled": 1}, ["name", "next_pull"], order_by="last_pull, creation")
	for row in rows:
		if not row.next_pull or row.next_pull <= now:
			pull(row.name)


def pull(name: str) -> int:
	"""Take in what is new in one mailbox; returns how many messages were stored. Never raises what the server says: that
	stands on the mailbox, and the next pull waits the longer the more often it fails. Commits."""
	with locks.alone(f"mail:{name}") as mine:
		if not mine:
			return 0  # another worker is at it
		frappe.db.commit()  # what is read from here on is what is committed now
		mailbox = frappe.get_doc(MAILBOX, name)
		stored = 0
		try:
			box = servers.connect(mailbox)
			try:
				stored = _take_in(mailbox, box)
			finally:
				box.close()
		except Exception as error:
			frappe.db.rollback()
			_note_failure(mailbox, error)
		else:
			done = {"last_pull": now_datetime(), "next_pull": None, "failures": 0}
			_note(name, {**done, "last_error": mailbox.flags.not_fetched})
		frappe.db.commit()  # a batch job: what came of this mailbox
	if stored:
		batches.enqueue_now(PROCESS, FLAG)
	return stored


def store(mailbox: ServiceMailbox, uid: str, validity: str, raw: bytes) -> str | None:
	"""Store one raw message; returns the name of its row, None where it was stored before. Does not commit.

	A copy of a message that another mailbox got, too, is stored as well, and says whose copy it is.
	"""
	key = server_key(mailbox, validity, uid)
	if frappe.db.exists(MAIL, {"server_key": key}):
		return None
	letter = letters.read(raw)
	digest = spool.keep(raw)
	row = frappe.get_doc(
		{
			"doctype": MAIL,
			"subject": letter.subject[:255],
			"sender": letter.sender.address if letter.sender else None,
			"sender_name": letter.sender.name[:140] if letter.sender else None,
			"recipients": ", ".join(map(str, [*letter.to, *letter.cc]))[:2000],
			"message_id": letter.message_id or None,
			"mailbox": mailbox.name,
			"received_on": now_datetime(),
			"state": RECEIVED,
			"next_try": now_datetime(),
			"size": len(raw),
			"raw_hash": digest,
			"uid": uid[:140],
			"to_mark": cint(mailbox.after_storing != servers.LEAVE),
			"server_key": key,
			"content_key": content_key(letter, digest),
		}
	)
	return _insert(row)


def server_key(mailbox: ServiceMailbox, validity: str, uid: str) -> str:
	"""One message on one server, however the mailbox is called here."""
	place = (mailbox.protocol, mailbox.server, mailbox.user_name, mailbox.folder or "", validity, uid)
	return hashlib.sha256("\n".join(place).encode()).hexdigest()


def content_key(letter: letters.Letter, digest: str) -> str:
	"""The same for all copies of a message. Two messages may well carry one Message-ID; without any, only the very same bytes
	are the same message."""
	if not letter.message_id:
		return f"raw:{digest}"
	said = f"{letter.message_id}\n{letter.content_hash}"
	return f"id:{hashlib.sha256(said.encode('utf-8', 'replace')).hexdigest()}"


def _insert(row: Any) -> str | None:
	"""Insert under the unique keys, which decide where two workers store at once."""
	frappe.db.savepoint("store_mail")
	with suppress(frappe.UniqueValidationError, frappe.DuplicateEntryError):
		return _written(row)
	frappe.db.rollback(save_point="store_mail")
	frappe.clear_last_message()
	if locks.get_value(MAIL, {"server_key": row.server_key}):
		return None
	first = locks.get_value(MAIL, {"content_key": row.content_key})
	row.update({"content_key": None, "same_as": first, "state": IGNORED, "kind": DUPLICATE, "next_try": None})
	return _written(row)


def _written(row: Any) -> str:
	"""The one writer of new rows; no role may create them."""
	row.name = None
	row.set_new_name()
	row.db_insert()
	return row.name


def _take_in(mailbox: ServiceMailbox, box: servers.Box) -> int:
	_mark_what_is_left(mailbox, box)
	begin = _begin(mailbox, box)
	known_up_to, since = begin
	waiting = box.waiting(known_up_to, since)
	new = _unknown(mailbox, box.validity, waiting)[:BATCH]
	stored, to_mark, missing = 0, [], None
	for uid in new:
		raw = _fetch(mailbox, box, uid)
		if raw is None:
			missing = missing or uid
			continue
		if store(mailbox, uid, box.validity, raw):
			stored += 1
		frappe.db.commit()  # stored for good before the server hears of it
		to_mark.append(uid)
		if len(to_mark) >= MARK_EVERY:
			_mark(mailbox, box, to_mark)
			to_mark = []
	_mark(mailbox, box, to_mark)
	_remember(mailbox, box, waiting, new, missing)
	return stored


def _begin(mailbox: ServiceMailbox, box: servers.Box) -> tuple[int, Any]:
	"""(UID up to which everything is known, day before which nothing is taken in)."""
	began = get_datetime(mailbox.started_on) if mailbox.started_on else None
	if began and (mailbox.uid_validity or "") == box.validity:
		return cint(mailbox.last_uid), None
	last, since = 0, None
	if began:
		# the server has numbered everything anew: what is known is recognised by its content
		since = None if mailbox.take_existing else add_to_date(began, days=-1)
	elif not mailbox.take_existing:
		last = (box.next_uid() or 1) - 1
	values = {"uid_validity": box.validity, "last_uid": last}
	if not began:
		values["started_on"] = now_datetime()
	_note(mailbox.name, values)
	mailbox.update(values)
	frappe.db.commit()  # from now on everything counts that comes after it
	return last, since


def _unknown(mailbox: ServiceMailbox, validity: str, uids: list[str]) -> list[str]:
	keys = {uid: server_key(mailbox, validity, uid) for uid in uids}
	known: set[str] = set()
	every = list(keys.values())
	for start in range(0, len(every), 1000):
		chunk = every[start : start + 1000]
		known.update(frappe.get_all(MAIL, {"server_key": ("in", chunk)}, pluck="server_key", order_by=None))
	return [uid for uid in uids if keys[uid] not in known]


def _fetch(mailbox: ServiceMailbox, box: servers.Box, uid: str) -> bytes | None:
	"""The raw message; None where the server gives this one not. A server may even end the connection at a message it cannot
	read (dovecot does): the next one is then asked for over a new one. Raises where the server is gone."""
	try:
		return box.fetch(uid)
	except servers.MailServerError as error:
		frappe.clear_messages()
		_not_fetched(mailbox, uid, error)
	except servers.LOST as error:
		mailbox.flags.lost = cint(mailbox.flags.lost) + 1
		if mailbox.flags.lost > MOST_LOST:
			raise
		_not_fetched(mailbox, uid, error)
		validity = box.validity
		box.open()
		if box.validity != validity:
			raise
	return None


def _not_fetched(mailbox: ServiceMailbox, uid: str, error: Exception) -> None:
	mailbox.flags.not_fetched = f"UID {uid}: {error}"[:500]


def _mark(mailbox: ServiceMailbox, box: servers.Box, uids: list[str]) -> None:
	if not uids or mailbox.after_storing == servers.LEAVE:
		return
	box.done(uids, mailbox.after_storing)
	if mailbox.protocol == "POP3" and mailbox.after_storing == servers.DELETE:
		return  # deleted when the session ends: what is still there at the next pull is marked again
	_marked(mailbox, box.validity, uids)


def _marked(mailbox: ServiceMailbox, validity: str, uids: list[str]) -> None:
	if not uids:
		return
	keys = [server_key(mailbox, validity, uid) for uid in uids]
	frappe.db.set_value(MAIL, {"server_key": ("in", keys)}, "to_mark", 0, update_modified=False)
	frappe.db.commit()  # a batch job


def _mark_what_is_left(mailbox: ServiceMailbox, box: servers.Box) -> None:
	"""Messages that were stored by a pull that died before the server heard of it."""
	if mailbox.after_storing == servers.LEAVE:
		return
	left = frappe.get_all(
		MAIL,
		{"mailbox": mailbox.name, "to_mark": 1},
		["name", "uid", "server_key"],
		limit=5000,
		order_by=None,
	)
	if not left:
		return
	here = [row for row in left if row.server_key == server_key(mailbox, box.validity, row.uid)]
	there = set(box.waiting(0, None)) if mailbox.protocol == "POP3" else {row.uid for row in here}
	uids = [row.uid for row in here if row.uid in there]
	box.done(uids, mailbox.after_storing)
	if mailbox.protocol == "POP3":
		uids = [row.uid for row in here if row.uid not in there]
	_marked(mailbox, box.validity, uids)
	elsewhere = [row.name for row in left if row not in here]
	if elsewhere:
		# the server has numbered anew, or the mailbox is on another server now: there is nothing to mark any more
		frappe.db.set_value(MAIL, {"name": ("in", elsewhere)}, "to_mark", 0, update_modified=False)
		frappe.db.commit()  # a batch job


def _remember(
	mailbox: ServiceMailbox, box: servers.Box, waiting: list[str], new: list[str], missing: str | None
) -> None:
	"""Up to which UID everything is stored, so that the next pull need not look at older ones."""
	if mailbox.protocol != "IMAP" or not waiting:
		return
	last = int(waiting[-1]) if len(new) < BATCH else int(new[-1])
	if missing:
		last = int(missing) - 1
	if last > cint(mailbox.last_uid):
		_note(mailbox.name, {"last_uid": last})


def _note_failure(mailbox: ServiceMailbox, error: Exception) -> None:
	failures = cint(mailbox.failures) + 1
	values = {
		"failures": failures,
		"next_pull": add_to_date(now_datetime(), minutes=min(rules.pause(failures) // 2, 30)),
		"last_error": f"{type(error).__name__}: {error}"[:500],
	}
	_note(mailbox.name, values)
	frappe.clear_messages()
	if failures == 1:
		frappe.log_error(
			f"The mailbox {mailbox.name} could not be read",
			reference_doctype=MAILBOX,
			reference_name=mailbox.name,
		)


def _note(name: str, values: dict[str, Any]) -> None:
	frappe.db.set_value(MAILBOX, name, values, update_modified=False)
