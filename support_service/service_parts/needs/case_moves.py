"""What the moves of a case do to its needs; listens to Service Request Move (hooks.py)."""

from __future__ import annotations

from collections.abc import Collection

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.foundation import language
from support_service.service_parts.needs import errors, figures, reservations
from support_service.service_parts.needs.need_rules import NeedStatus
from support_service.service_parts.needs.reservations import Because
from support_service.support_service.lifecycle import FINAL_STATES

CASE, NEED = "Service Request", "Part Need"
# another engineer has another van; so may the one of the case that two become
OTHER_ENGINEER = ("assign", "reassign", "take_in", "let_go", "unmerge")


def follow_move(move: Document, method: str | None = None) -> None:
	"""A case that is over needs nothing more; another engineer has another van."""
	if move.to_status in FINAL_STATES and move.from_status != move.to_status:
		_call_off_all(move.request, _open_needs(move.request))
	elif move.action in OTHER_ENGINEER:
		figures.refresh(_open_needs(move.request))


def call_off_if_over(case: str, needs: Collection[str]) -> None:
	"""A visit of a case that is over was cancelled: what it had used is not needed again."""
	if needs and frappe.db.get_value(CASE, case, "status") in FINAL_STATES:
		_call_off_all(case, sorted(set(_open_needs(case)) & set(needs)))


def _call_off_all(case: str, needs: Collection[str]) -> None:
	reason = _("{0} is over.", language.of_site()).format(case)
	for name in needs:
		call_off(name, reason)


def call_off(need: str, reason: str) -> None:
	"""The part is not needed any more: what is reserved for it is free again. What was used stays used."""
	held = [row for row in reservations.of_needs([need], latest=True) if row.held]
	beyond = sum(flt(row.qty) for row in held)
	reservations.end(held, beyond, reservations.RELEASED, Because(NEED, need, reason))
	values = {"status": NeedStatus.CANCELLED.value, "cancel_reason": reason}
	frappe.db.set_value(NEED, need, values, update_modified=False)
	figures.refresh([need])


def want_again(need: str) -> None:
	"""A need that was called off is open again, as long as its case is.

	:raises NeedClosedError: the case is over.
	"""
	case, status = frappe.db.get_value(NEED, need, ["service_request", "status"])
	if frappe.db.get_value(CASE, case, "status") in FINAL_STATES:
		frappe.throw(
			_("Request {0} is over; nothing is needed for it any more.").format(case), errors.NeedClosedError
		)
	if status == NeedStatus.CANCELLED:
		values = {"status": NeedStatus.WANTED.value, "cancel_reason": None}
		frappe.db.set_value(NEED, need, values, update_modified=False)
		figures.refresh([need])


def _open_needs(case: str) -> list[str]:
	return frappe.get_all(NEED, {"service_request": case, "is_open": 1}, pluck="name", order_by="name")
