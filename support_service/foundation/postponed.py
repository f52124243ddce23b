"""Work that failed for one record: it is tried again later, logged once, and does not hold up other records.

A row of Postponed Work says what failed for which record, how often, why, and when it is tried next. The row is deleted when
the work succeeds or is not needed any more. `batches.one_by_one` does all this for a sweep that passes its `Backlog`. Work that
takes too long while a user waits gets a row, too, before its first attempt (`Backlog.add`).
This module is the one writer of Postponed Work.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe.utils import add_to_date, cstr, now_datetime, strip_html

from support_service.foundation import rows

DOCTYPE = "Postponed Work"
# minutes until the next attempt: 2, 4, 8 …; below the hour, so that an hourly sweep finds it again
LONGEST = 50


@dataclass(frozen=True, slots=True)
class Backlog:
	"""All postponed work of one kind on records of `doctype`. work: its name in English; the list shows it translated."""

	work: str
	doctype: str

	def next_tries(self) -> dict[str, datetime]:
		"""Record → when it is tried next, for all rows of this work, the longest waiting first."""
		found = frappe.get_all(
			DOCTYPE, filters=self._filters(), fields=["reference_name", "next_try"], order_by="next_try, name"
		)
		return {row.reference_name: row.next_try for row in found}

	def due(self) -> list[str]:
		"""Records whose next attempt is due, the longest waiting first; rows of records deleted since are removed."""
		now = now_datetime()
		due = [name for name, at in self.next_tries().items() if at <= now]
		if not due:
			return []
		there = set(frappe.get_all(self.doctype, filters={"name": ("in", due)}, pluck="name"))
		self.forget(set(due) - there)
		return [name for name in due if name in there]

	def pick(self, wanted: Sequence[str], limit: int | None = None) -> list[str]:
		"""Which of `wanted` a sweep takes: those that have not failed in their order, then those due again.

		wanted: every record that needs the work; rows of failed records not among them are removed. At most half of `limit`
		is for records that failed, as long as there are others: neither group holds up the other for ever.
		"""
		failed = self.next_tries()
		self.forget(set(failed).difference(wanted))
		now, present = now_datetime(), set(wanted)
		due = [name for name, at in failed.items() if at <= now and name in present]
		fresh = [name for name in wanted if name not in failed]
		if limit is None:
			return fresh + due
		taken = fresh[: limit - min(len(due), limit // 2)]
		return taken + due[: limit - len(taken)]

	def add(self, names: Sequence[str], reason: str | None = None) -> None:
		"""Leave `names` to the next run of the work, in the caller's transaction."""
		filters = {**self._filters(), "reference_name": ("in", list(names) or [""])}
		waiting = set(frappe.get_all(DOCTYPE, filters=filters, pluck="reference_name", order_by=None))
		values = {"next_try": now_datetime(), "reason": reason[:140] if reason else None}
		if waiting:
			frappe.db.set_value(DOCTYPE, filters, values)
		new = [name for name in dict.fromkeys(names) if name not in waiting]
		rows.insert(
			DOCTYPE,
			[
				{
					"name": frappe.generate_hash(length=10),
					**self._filters(),
					"reference_name": name,
					"attempts": 0,
					**values,
				}
				for name in new
			],
		)

	def note(self, name: str, error: Exception, reason: str | None = None) -> None:
		"""Note that the work failed for `name`, in the caller's transaction: to be tried again later; the first time also logged.

		reason: kept for the next attempt.
		"""
		row = self._row(name)
		attempts = (row.attempts if row else 0) + 1
		values = {
			"attempts": attempts,
			"next_try": add_to_date(now_datetime(), minutes=min(2**attempts, LONGEST)),
			"error": (strip_html(cstr(error)) or type(error).__name__)[:500],
		}
		if reason:
			values["reason"] = reason[:140]
		if attempts == 1:
			frappe.log_error(
				f"{self.work}: {name}"[:140], reference_doctype=self.doctype, reference_name=name
			)
		if row:
			frappe.db.set_value(DOCTYPE, row.name, values)
			return
		doc = frappe.get_doc({"doctype": DOCTYPE, **self._filters(), "reference_name": name, **values})
		doc.flags.ignore_links = True  # the record may be of a transaction that is under way
		doc.insert(ignore_permissions=True)  # the one writer: no role may create such rows

	def has(self, name: str) -> bool:
		"""Whether the work is postponed for `name`."""
		return self._row(name) is not None

	def reason(self, name: str) -> str | None:
		"""What `add` or `note` kept for the next attempt."""
		row = self._row(name)
		return row.reason if row else None

	def forget(self, names: Collection[str]) -> None:
		"""Remove the rows of `names`: the work was done for them, or is not needed any more."""
		if not names:
			return
		found = frappe.get_all(
			DOCTYPE, filters={**self._filters(), "reference_name": ("in", list(names))}, pluck="name"
		)
		if found:
			# by name: a delete by other columns would lock the gaps beside, where others note their failures
			frappe.db.delete(DOCTYPE, {"name": ("in", found)})

	def _row(self, name: str) -> Any | None:
		filters = {**self._filters(), "reference_name": name}
		return frappe.db.get_value(DOCTYPE, filters, ["name", "attempts", "reason"], as_dict=True)

	def _filters(self) -> dict[str, str]:
		return {"work": self.work, "reference_doctype": self.doctype}


def forget_record(doctype: str, name: str) -> None:
	"""Remove all rows of a record that was deleted, or merged into another with rows of its own."""
	found = frappe.get_all(
		DOCTYPE, filters={"reference_doctype": doctype, "reference_name": name}, pluck="name"
	)
	if found:
		frappe.db.delete(DOCTYPE, {"name": ("in", found)})
