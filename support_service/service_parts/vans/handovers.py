"""A van changes hands: counted, confirmed by both sides, then given over in one step, with an undo.

The van is a field of the Service Engineer, which is `field_service`'s: it listens to `after_handover` and `after_undo` (hooks.py).
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_service.foundation import locks, typed
from support_service.service_parts.vans import counts, rights, written
from support_service.service_parts.vans.errors import VanHandoverError
from support_service.service_parts.vans.handover_rules import (
	COUNT_DONE,
	OPEN,
	SIDES,
	State,
	is_agreed,
	may_go,
)

HANDOVER = "Van Handover"
CONFIRMED = tuple(f"{side}_{what}" for side in SIDES for what in ("confirmed_at", "confirmed_by", "reason"))
# set by the steps, never on a new document
STEPS = (
	"handed_over_at",
	"reason",
	"count",
	"other_count",
	*CONFIRMED,
)
# taken over from the engineers
FILLED = (
	"status",
	"warehouse",
	"other_warehouse",
	"company",
	"from_user",
	"to_user",
	"from_team",
	"to_team",
	"open_key",
)
VANS = (("warehouse", "count"), ("other_warehouse", "other_count"))


def prepare(doc: Document) -> None:
	"""Fill a new hand-over from its engineers and refuse one that cannot be; its vans are locked."""
	typed.refuse_given(doc, (*STEPS, *FILLED))
	doc.update(dict.fromkeys(STEPS))
	giver, taker = _engineer(doc.from_engineer), _engineer(doc.to_engineer)
	rights.require_lead(giver.team, taker.team if taker else None)
	if taker and taker.name == giver.name:
		_refuse(_("Choose two different engineers, or nobody to take the van back to the store."))
	if not giver.van_warehouse:
		_refuse(_("{0} has no van to hand over.").format(giver.engineer_name))
	if taker and not taker.active:
		_refuse(_("{0} is not active and cannot take a van over.").format(taker.engineer_name))
	if taker and taker.van_warehouse and not doc.swap:
		_refuse(
			_("{0} has the van {1}. Let the two swap, or hand that van over first.").format(
				taker.engineer_name, taker.van_warehouse
			)
		)
	if doc.swap and not (taker and taker.van_warehouse):
		_refuse(_("There is no other van to swap with. Remove the tick."))
	doc.status = State.COUNTING
	doc.warehouse, doc.other_warehouse = giver.van_warehouse, taker.van_warehouse if doc.swap else None
	doc.company = frappe.get_cached_value("Warehouse", doc.warehouse, "company")
	doc.from_user, doc.from_team = giver.user, giver.team
	doc.to_user, doc.to_team = (taker.user, taker.team) if taker else (None, None)
	doc.open_key = doc.warehouse
	_refuse_another(doc)


def begin_counts(doc: Document) -> None:
	"""Begin the count of each van that changes hands and has none that stands."""
	for van, field in VANS:
		if (warehouse := doc.get(van)) and _count_status(doc, field) in (None, "Discarded"):
			engineer = _engineer(doc.from_engineer if van == "warehouse" else doc.to_engineer)
			doc.set(field, counts.begin(engineer, handover=doc.name, warehouse=warehouse).name)
	_save(doc)


def follow_count(count: Document) -> None:
	"""A count is over: the hand-over goes on when all its counts are; one that was discarded is begun anew."""
	if not count.van_handover or count.status == "Open":
		return
	doc = locks.get_doc(HANDOVER, count.van_handover)
	if doc.status not in OPEN:
		return
	if count.status == "Discarded":
		# what both sides may have confirmed does not count any more
		doc.update(dict.fromkeys(CONFIRMED))
		if doc.status == State.COUNTED:
			_go(doc, State.COUNTING)
		begin_counts(doc)
	elif doc.status == State.COUNTING and all(_is_counted(doc, field) for van, field in VANS if doc.get(van)):
		_go(doc, State.COUNTED)


def confirm(doc: Document, side: str, reason: str | None) -> None:
	"""Confirm one side; when both have, the vans change hands. Confirming again changes nothing.

	The document is locked by the caller. Somebody else than the engineer must be their lead and say why.
	"""
	if side not in SIDES:
		_refuse(_("Confirm the side that hands over, or the side that takes over."))
	own, in_place = _may_confirm(doc, side)
	if not own and not in_place:
		frappe.throw(
			_("Only the engineer, or the lead in their place, may confirm this."), frappe.PermissionError
		)
	if doc.status == State.COUNTING:
		_refuse(_("Count the van first: both sides confirm what was counted."))
	if doc.get(f"{side}_confirmed_at") and doc.status in (State.COUNTED, State.HANDED_OVER):
		return
	if doc.status != State.COUNTED:
		_refuse(_("This hand-over is {0} already.").format(_(doc.status, context=HANDOVER)))
	if not own and not (reason or "").strip():
		_refuse(_("Say why you confirm in the engineer's place."))
	doc.update(
		{
			f"{side}_confirmed_at": now_datetime(),
			f"{side}_confirmed_by": frappe.session.user,
			f"{side}_reason": None if own else (reason or "").strip(),
		}
	)
	if is_agreed({one: bool(doc.get(f"{one}_confirmed_at")) for one in SIDES}):
		doc.handed_over_at = now_datetime()
		_go(doc, State.HANDED_OVER)
		doc.run_method("after_handover")
	else:
		_save(doc)


def undo(doc: Document, reason: str) -> None:
	"""Give the vans back; refused once anything has moved in them, or one of them has gone to somebody else."""
	if doc.status != State.HANDED_OVER:
		_refuse(_("Only what was handed over can be undone."))
	if not (reason or "").strip():
		_refuse(_("Say why it is undone."))
	vans = [doc.get(van) for van, _field in VANS if doc.get(van)]
	if moved := _moved_since(doc, vans):
		_refuse(
			_("{0} moved stock of {1} since. Hand the van over again instead.").format(
				moved.voucher_no, moved.warehouse
			)
		)
	doc.reason = reason.strip()
	doc.run_method("after_undo")
	_go(doc, State.UNDONE)


def cancel(doc: Document, reason: str) -> None:
	"""Give up a hand-over that has not happened; its open counts end with it, finished ones stay for the store."""
	if doc.status not in OPEN:
		_refuse(_("This hand-over is {0} already.").format(_(doc.status, context=HANDOVER)))
	if not (reason or "").strip():
		_refuse(_("Say why it is cancelled."))
	doc.reason = reason.strip()
	_go(doc, State.CANCELLED)
	for van, field in VANS:
		if doc.get(van) and frappe.db.get_value(counts.COUNT, doc.get(field), "status") == "Open":
			counts.discard(counts.open_for_change(doc.get(field)), doc.reason)


def steps(doc: Document) -> dict[str, Any]:
	"""What the caller may do next."""
	open_sides = [side for side in SIDES if not doc.get(f"{side}_confirmed_at")]
	may = {side: _may_confirm(doc, side) for side in open_sides} if doc.status == State.COUNTED else {}
	leads = rights.leads(doc.from_team) or bool(doc.to_team and rights.leads(doc.to_team))
	return {
		"confirm": [side for side, (own, _place) in may.items() if own],
		"in_place_of": [side for side, (own, place) in may.items() if place and not own],
		"undo": leads and doc.status == State.HANDED_OVER,
		"cancel": leads and doc.status in OPEN,
	}


def _may_confirm(doc: Document, side: str) -> tuple[bool, bool]:
	"""Whether the caller may confirm for themselves, and in somebody's place. The store is whoever keeps it, or the lead."""
	if side == "to" and not doc.to_engineer:
		return rights.has_role(rights.STORE) or rights.leads(doc.from_team), False
	own = doc.get(f"{side}_user") == frappe.session.user
	return own, rights.leads(doc.get(f"{side}_team"))


def _engineer(name: str | None) -> Any:
	return frappe.get_doc("Service Engineer", name) if name else None


def _refuse_another(doc: Document) -> None:
	"""One open hand-over per van, whichever side of it the van is on."""
	for van in filter(None, (doc.warehouse, doc.other_warehouse)):
		locks.get_value("Warehouse", van, "name")
		for found in ({"open_key": van}, {"other_warehouse": van, "status": ("in", OPEN)}):
			if other := locks.get_value(HANDOVER, found, "name"):
				_refuse(
					_("{0} is being handed over with {1}. Finish or cancel that first.").format(van, other)
				)


def _is_counted(doc: Document, field: str) -> bool:
	return _count_status(doc, field) in COUNT_DONE


def _count_status(doc: Document, field: str) -> str | None:
	return frappe.db.get_value(counts.COUNT, doc.get(field), "status") if doc.get(field) else None


def _moved_since(doc: Document, vans: list[str]) -> Any:
	"""The first document that moved stock in the vans since, but for what posts their counts."""
	posted = [
		name
		for _van, field in VANS
		if (name := frappe.db.get_value(counts.COUNT, doc.get(field), "stock_reconciliation"))
	]
	found = frappe.get_all(
		"Stock Ledger Entry",
		{
			"warehouse": ("in", vans),
			"creation": (">", doc.handed_over_at),
			"voucher_no": ("not in", posted or [""]),
		},
		["voucher_no", "warehouse"],
		order_by="creation",
		limit=1,
	)
	return found[0] if found else None


def _go(doc: Document, state: State) -> None:
	if not may_go(doc.status, state):
		_refuse(
			_("A hand-over that is {0} cannot become {1}.").format(
				_(doc.status, context=HANDOVER), _(state, context=HANDOVER)
			)
		)
	doc.status = state
	if state not in OPEN:
		doc.open_key = None
	_save(doc)


def _save(doc: Document) -> None:
	written.save(doc)


def _refuse(text: str) -> None:
	frappe.throw(text, VanHandoverError)
