"""Reservations do not last for ever: after the days in the settings they are let go, and the engineer is notified."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, cint, now_datetime, today

from support_service.constants.words import N_
from support_service.foundation import batches, language, people
from support_service.foundation.postponed import Backlog
from support_service.service_parts.needs import reservations, reserving
from support_service.support_service.messaging import recipients

CASE, NEED = "Service Request", "Part Need"
BACKLOG = Backlog(N_("Let go of parts reserved for long"), NEED)


def run() -> int:
	"""Daily: let go what is reserved since longer than the settings say and that nobody goes to fit; returns how many needs."""
	days = cint(frappe.db.get_single_value("Support Service Settings", "reserved_parts_days"))
	if days <= 0:
		return 0
	return batches.one_by_one(
		_due(days), lock=partial(batches.lock_name, NEED), work=partial(_let_go, days), backlog=BACKLOG
	)


def _due(days: int) -> list[str]:
	"""Needs with a reservation older than `days`, unless they are for a day ahead or a visit is planned."""
	row, need, visit = (frappe.qb.DocType(name) for name in (reservations.DOCTYPE, NEED, "Engineer Visit"))
	return (
		frappe.qb.from_(row)
		.inner_join(need)
		.on(need.name == row.part_need)
		.left_join(visit)
		.on(
			(visit.service_request == need.service_request)
			& (visit.docstatus == 0)
			& (visit.planned_start >= today())
		)
		.select(need.name)
		.distinct()
		.where((row.held == 1) & (row.begun_on < _limit(days)))
		.where(need.needed_by.isnull() | (need.needed_by < today()))
		.where(visit.name.isnull())
		.orderby(need.name)
		.run(pluck=True)
	)


def _let_go(days: int, name: str) -> None:
	need = frappe.db.get_value(NEED, name, ["service_request", "item_code", "item_name"], as_dict=True)
	reason = _("Reserved for more than {0} days.", language.of_site()).format(days)
	if reserving.release(name, reason, begun_before=_limit(days)):
		_notify(need, days)


def _limit(days: int) -> datetime:
	return add_days(now_datetime(), -days)


def _notify(need: Any, days: int) -> None:
	def line(lang: str) -> str:
		return _("{0} was reserved for {1} for more than {2} days and is free again.", lang).format(
			need.item_name or need.item_code, need.service_request, days
		)

	case = frappe.get_doc(CASE, need.service_request)
	people.notify(recipients.users_for(case, recipients.ENGINEER), line, document=(CASE, case.name))
