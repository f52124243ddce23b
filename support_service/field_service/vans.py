"""Whose van it is: one engineer at a time, and what changes when a Van Handover gives it to another one."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.field_service.errors import EngineerNotFitError
from support_service.foundation import locks

ENGINEER, VISIT = "Service Engineer", "Engineer Visit"


def check_one_engineer(engineer: Document) -> None:
	"""Refuse a van that is somebody else's; where two shared one before this was checked, only say so."""
	van = engineer.van_warehouse
	if not van or engineer.flags.van_handed_over:
		return
	chosen = engineer.is_new() or engineer.has_value_changed("van_warehouse")
	if chosen:
		# two who choose the same van at once: the second waits, and sees the first
		locks.get_value("Warehouse", van, "name")
	others = {"van_warehouse": van, "name": ("!=", engineer.name or "")}
	read = locks.get_value if chosen else frappe.db.get_value
	other = read(ENGINEER, others, "engineer_name")
	if not other:
		return
	text = _(
		"{0} is the van of {1}. A van has one engineer at a time: hand it over with a Van Handover, or choose another one."
	).format(van, other)
	if chosen:
		frappe.throw(text, EngineerNotFitError)
	frappe.msgprint(text, indicator="orange", alert=True)


def check_supply(engineer: Document) -> None:
	"""Refuse a supplying warehouse that cannot fill up the van: the van itself, a group, or one of another company."""
	source, van = engineer.supplying_warehouse, engineer.van_warehouse
	if not source or not van:
		return
	company = {name: frappe.get_cached_value("Warehouse", name, "company") for name in (source, van)}
	group = frappe.get_cached_value("Warehouse", source, "is_group")
	if source == van or group or company[source] != company[van]:
		frappe.throw(
			_("{0} cannot fill up the van {1}. Choose another warehouse of {2} that is no group.").format(
				source, van, company[van]
			),
			EngineerNotFitError,
		)


def after_handover(handover: Document, method: str | None = None) -> None:
	"""Listens to Van Handover: the vans change hands."""
	_give(
		{
			handover.from_engineer: (handover.warehouse, handover.other_warehouse),
			handover.to_engineer: (handover.other_warehouse, handover.warehouse),
		}
	)


def after_undo(handover: Document, method: str | None = None) -> None:
	"""Listens to Van Handover: the vans go back to those who had them."""
	_give(
		{
			handover.from_engineer: (handover.other_warehouse, handover.warehouse),
			handover.to_engineer: (handover.warehouse, handover.other_warehouse),
		}
	)


def _give(vans: dict[str | None, tuple[str | None, str | None]]) -> None:
	"""Engineer → (the van they have, the one they get): all or nothing, in the caller's transaction."""
	engineers = [locks.get_doc(ENGINEER, name) for name in sorted(filter(None, vans))]
	for engineer in engineers:
		had, _gets = vans[engineer.name]
		if (engineer.van_warehouse or None) != (had or None):
			frappe.throw(
				_("{0} has another van by now. Cancel this hand-over and begin a new one.").format(
					engineer.engineer_name
				),
				EngineerNotFitError,
			)
	for engineer in engineers:
		had, gets = vans[engineer.name]
		engineer.van_warehouse = gets
		engineer.flags.van_handed_over = True
		# whoever confirms a hand-over may change the vans it names, and nothing else of the engineer
		engineer.flags.ignore_permissions = True
		engineer.save()
		_open_visits_follow(engineer.name, had, gets)


def _open_visits_follow(engineer: str, had: str | None, gets: str | None) -> None:
	"""Planned visits that draw from the van draw from the new one; a row that names a warehouse of its own keeps it."""
	if not had:
		return
	drawn_from = {"engineer": engineer, "warehouse": had, "docstatus": 0}
	for visit in frappe.get_all(VISIT, drawn_from, pluck="name", order_by="name"):
		frappe.db.set_value(VISIT, visit, "warehouse", gets)
