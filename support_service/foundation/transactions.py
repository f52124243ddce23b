"""Submitting or cancelling a document in one transaction, which is repeated as a whole after a deadlock or lock timeout.

MariaDB ends a transaction that deadlocks, and a transaction that reads before it locks decides on an old snapshot.
So a document with an effect on stock starts a transaction of its own, locks first, then reads and writes. If another
transaction got in its way, it is repeated in the same process and as the same user.
"""

import copy
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr

ATTEMPTS = 8
GIVE_UP_AFTER = 45.0  # seconds; a web request must still be able to say what happened
LONGEST_PAUSE = 1.0  # seconds between two attempts

Done = TypeVar("Done")
TRANSIENT = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)


class DatabaseBusyError(frappe.ValidationError):
	"""Other documents held the same rows through every attempt. Nothing was changed."""


class LostTransactionError(frappe.QueryDeadlockError):
	"""Other code caught a deadlock and went on: what was written before it is gone."""


def owns_transaction(doc: Document) -> bool:
	"""Whether the caller has written nothing yet, so that the transaction may be ended and repeated.

	A caller who holds a savepoint or relies on locks without having written sets
	`doc.flags.in_callers_transaction`.
	"""
	return frappe.db.transaction_writes == 0 and not doc.flags.in_callers_transaction


def run(doc: Document, work: Callable[[], Any], lock: Callable[[], Any] | None = None) -> Any:
	"""Run `lock` and `work` whole, see `run_whole`; in the caller's transaction where that has written something already.

	`work` must read everything it decides on, since it may run more than once.
	"""
	lock = lock or (lambda: None)
	if owns_transaction(doc):
		return run_whole(doc, work, lock)
	lock()
	return work()


def run_whole(doc: Document, save: Callable[[], Any], lock: Callable[[], None]) -> Any:
	"""Run `lock` and `save` in a fresh transaction; on a deadlock or lock timeout repeat both from the start.

	Does not commit: the request, job or script that called decides that, as everywhere in Frappe.
	Any error leaves the database as it was before and `doc` as the caller handed it in.

	:raises DatabaseBusyError: after `ATTEMPTS` attempts or `GIVE_UP_AFTER` seconds.
	"""
	handed_in = _Snapshot(doc)
	started = time.monotonic()
	# Nothing is written yet (see owns_transaction), so this commit stores nothing; it ends the caller's snapshot and,
	# unlike a rollback, keeps the callbacks the caller may have registered for after the commit.
	frappe.db.commit()
	attempt = 0
	while True:
		attempt += 1
		try:
			lock()
			result = save()
			_check_still_whole(doc)
			return result
		except Exception as error:
			messages = list(frappe.local.message_log)
			_start_over(handed_in)
			if not _is_transient(error, doc):
				frappe.local.message_log = messages  # the reader must still see why
				raise
		if attempt >= ATTEMPTS or time.monotonic() - started > GIVE_UP_AFTER:
			frappe.throw(
				_(
					"Other documents are using the same stock right now. Nothing was changed. "
					"Please submit again in a minute."
				),
				exc=DatabaseBusyError,
			)
		# jitter, so that the same two do not meet again
		time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.02 * 2**attempt)))


def _is_transient(error: Exception, doc: Document) -> bool:
	"""Deadlock, lock timeout, or another document (the case) that changed between its reading and its saving."""
	if isinstance(error, TRANSIENT):
		return True
	if not isinstance(error, frappe.TimestampMismatchError) or doc.is_new():
		return False
	stored = frappe.db.get_value(doc.doctype, doc.name, "modified")
	frappe.db.rollback()  # that look has opened a snapshot; the next attempt must lock before it reads
	return cstr(stored) == cstr(doc.modified)


def repeated(work: Callable[[], Done]) -> Done:
	"""Do `work`; after a deadlock or lock timeout undo it and do it again from the start.

	For what is asked for in one call, before which nothing is written. `work` must read everything it decides on, and may commit.
	"""
	attempt = 0
	while True:
		attempt += 1
		try:
			return work()
		except TRANSIENT:
			frappe.db.rollback()
			if attempt >= ATTEMPTS:
				raise
			time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.02 * 2**attempt)))


def is_replay(doc: Document) -> bool:
	"""Whether everything `doc` asks for is stored already: after a double click, or a repeat because the answer got lost.

	All values that were sent must be stored; fields that were sent empty may have been filled meanwhile.
	"""
	stored = frappe.get_doc(doc.doctype, doc.name)
	return stored.docstatus == doc.docstatus and _says_the_same(doc, stored)


def _says_the_same(sent: Document, stored: Document) -> bool:
	for field in sent.meta.get_table_fields():
		sent_rows, stored_rows = sent.get(field.fieldname) or [], stored.get(field.fieldname) or []
		if len(sent_rows) != len(stored_rows):
			return False
		if not all(_says_the_same(*pair) for pair in zip(sent_rows, stored_rows, strict=True)):
			return False
	has, asks = _entered(stored), _entered(sent)
	return all(has.get(key) == value for key, value in asks.items() if value not in (None, ""))


def _entered(doc: Document) -> dict[str, Any]:
	"""The values that people enter, without standard fields and fields that the server fills."""
	values = doc.get_valid_dict(sanitize=False, convert_dates_to_str=True, ignore_virtual=True)
	entered = {df.fieldname for df in doc.meta.fields if not df.read_only}
	values = {key: value for key, value in values.items() if key in entered}
	# a document that rewrites what people enter gives the values in a comparable form
	return doc.as_entered(values) if hasattr(doc, "as_entered") else values


def _check_still_whole(doc: Document) -> None:
	"""Raise if the document's row is not stored: the save writes it first, so other code has caught a deadlock."""
	if frappe.db.get_value(doc.doctype, doc.name, "docstatus") != doc.docstatus:
		raise LostTransactionError(f"{doc.doctype} {doc.name}")


def _start_over(handed_in: "_Snapshot") -> None:
	frappe.db.rollback()
	handed_in.restore()
	# caches of one request that may hold what was just rolled back; ERPNext keys the second by a voucher name
	# that the next attempt gets again
	if hasattr(frappe.local, "request_cache"):
		frappe.local.request_cache.clear()
	if hasattr(frappe.local, "future_sle"):
		frappe.local.future_sle.clear()


class _Snapshot:
	"""The state of the document as the caller handed it in, restored before every further attempt."""

	def __init__(self, doc: Document) -> None:
		self.doc = doc
		self.values = copy.deepcopy(doc.as_dict())
		self.flags = dict(doc.flags)
		self.messages = list(frappe.local.message_log)

	def restore(self) -> None:
		is_new = self.values.get("__islocal")
		self.doc.update(copy.deepcopy(self.values))
		if not is_new:
			self.doc.__dict__.pop("__islocal", None)
		self.doc.flags.clear()
		self.doc.flags.update(self.flags)
		frappe.local.message_log = list(self.messages)
