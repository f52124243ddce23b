"""Doing something beside a transaction that must go on even if this part of it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import frappe

from support_service.foundation.transactions import TRANSIENT

Done = TypeVar("Done")
Failed = TypeVar("Failed")


def attempt(
	work: Callable[[], Done],
	failed: Callable[[Exception], Failed],
	*,
	savepoint: str,
	passed_on: tuple[type[Exception], ...] = TRANSIENT,
	keep_messages: bool = False,
) -> Done | Failed:
	"""Do `work` and return what it returns; where it raises, undo what it wrote and return what `failed` makes of the error.

	savepoint: its name; attempts inside one another need different ones.
	passed_on: errors that go on to the caller, as the database has ended the whole transaction with them.
	keep_messages: the user still sees what `work` had to say; otherwise its messages are dropped with its writes.
	`failed` runs while the error is being handled, so that the Error Log gets its traceback.
	"""
	messages = list(frappe.local.message_log)
	frappe.db.savepoint(savepoint)
	try:
		return work()
	except passed_on:
		raise
	except Exception as error:
		frappe.db.rollback(save_point=savepoint)
		if not keep_messages:
			frappe.local.message_log = messages
		return failed(error)
