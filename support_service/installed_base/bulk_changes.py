"""Changing the same fields of many units, as a job in chunks that shows its progress."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import frappe
from frappe import _

from support_service.foundation.savepoints import attempt

DOCTYPE = "Installed Unit"
FIELDS = ("state", "criticality", "site_address", "contact")
CHUNK = 50
LISTED = 10  # failures named in the message
SAVEPOINT = "bulk_change"


class NothingToChangeError(frappe.ValidationError):
	"""No units or no values were chosen."""


def start(units: Sequence[str], values: Mapping[str, Any]) -> None:
	"""Enqueue the change of `units`; the user is notified on the desk when it is done."""
	changes = {field: values[field] for field in FIELDS if values.get(field)}
	if not units or not changes:
		frappe.throw(_("Choose units and at least one value to set."), NothingToChangeError)
	frappe.enqueue(
		"support_service.installed_base.bulk_changes.run",
		queue="long",
		enqueue_after_commit=True,
		units=list(dict.fromkeys(units)),
		changes=changes,
	)


def run(units: Sequence[str], changes: Mapping[str, Any]) -> dict[str, Any]:
	"""Change `units` one by one with the rights of the session's user; returns done and failed (unit → why).

	A unit that has the values already is left alone, so a job that was stopped may be started again.
	"""
	done = 0
	failed: dict[str, str] = {}
	for number, name in enumerate(units, start=1):
		changed = attempt(
			partial(_change, name, changes),
			lambda error: error,
			savepoint=SAVEPOINT,
			# after a lock timeout the transaction goes on
			passed_on=(frappe.QueryDeadlockError,),
		)
		if isinstance(changed, Exception):
			failed[name] = str(changed) or type(changed).__name__
		else:
			done += changed
		if number % CHUNK == 0 or number == len(units):
			frappe.db.commit()  # a batch job: what is done stays done
			_show_progress(number, len(units))
	_show_result(done, failed)
	return {"done": done, "failed": failed}


def _change(name: str, changes: Mapping[str, Any]) -> int:
	unit = frappe.get_doc(DOCTYPE, name)
	unit.check_permission("write")
	if all(unit.get(field) == value for field, value in changes.items()):
		return 0
	unit.update(changes)
	unit.save()
	return 1


def _show_progress(number: int, total: int) -> None:
	# to the user who asked only: Frappe's publish_progress without a document goes to everybody
	frappe.publish_realtime(
		"progress",
		{
			"percent": number * 100 / total,
			"title": _("Changing Installed Units"),
			"description": _("{0} of {1}").format(number, total),
		},
		user=frappe.session.user,
	)


def _show_result(done: int, failed: Mapping[str, str]) -> None:
	lines = [_("{0} units changed.").format(done)]
	if failed:
		lines.append(_("{0} could not be changed:").format(len(failed)))
		lines += [
			f"{frappe.utils.escape_html(name)}: {frappe.utils.escape_html(frappe.utils.strip_html(why))}"
			for name, why in list(failed.items())[:LISTED]
		]
	frappe.publish_realtime(
		"msgprint",
		{"message": "<br>".join(lines), "indicator": "orange" if failed else "green"},
		user=frappe.session.user,
	)
