"""Daily: whoever is to bring back a removed part that is late hears of it once, then their lead once; so does a late credit.

What was warned of is kept as the due date itself: a part whose due date is changed and passes again is warned of again, and a
run that is missed, repeated or killed changes nothing about that. How late a part is, its own due date says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cint, getdate, today

from support_service.foundation import batches, people
from support_service.service_parts.removed import record
from support_service.service_parts.removed.lifecycle import Status
from support_service.support_service.messaging import recipients

SETTINGS = "Support Service Settings"


@dataclass(frozen=True, slots=True)
class Watch:
	"""Parts that stand in `status` after the day in column `day`, by as many days as `setting` says.

	column: keeps for which day somebody was warned. whom: who that is, as `recipients` takes it.
	"""

	column: str
	status: Status
	day: str
	whom: str
	setting: str | None = None


WATCHES = (
	Watch("engineer_warned_for", Status.DUE, "due_on", recipients.ENGINEER, "return_warn_engineer_days"),
	Watch("lead_warned_for", Status.DUE, "due_on", recipients.LEAD, "return_warn_lead_days"),
	Watch("credit_warned_for", Status.RETURNED_TO_VENDOR, "credit_due_on", recipients.LEAD),
)


def warn() -> None:
	"""Scheduler, daily: warn of every part that is late and of which nobody was warned yet; each its own transaction."""
	for watch in WATCHES:
		batches.one_by_one(_late(watch), lock=partial(_lock, watch), work=partial(_warn, watch), failed=_log)


def _late(watch: Watch) -> list[str]:
	days = cint(frappe.db.get_single_value(SETTINGS, watch.setting, cache=True)) if watch.setting else 0
	part = frappe.qb.DocType(record.DOCTYPE)
	day = part[watch.day]
	query = (
		frappe.qb.from_(part)
		.select(part.name)
		.where((part.status == watch.status) & (day < today()) & (day <= add_days(today(), -days)))
		.where(part[watch.column].isnull() | (part[watch.column] != day))
		.orderby(day)
		.orderby(part.name)
	)
	return query.run(pluck=True)


def _lock(watch: Watch, name: str) -> bool:
	return batches.lock_row(record.DOCTYPE, name, "status", watch.status)


def _warn(watch: Watch, name: str) -> None:
	part = frappe.get_doc(record.DOCTYPE, name)
	if part.get(watch.column) and getdate(part.get(watch.column)) == getdate(part.get(watch.day)):
		return  # another run was quicker
	# what the engineer has handed in, the store has: the lead hears if nobody receives it
	if not (watch.whom == recipients.ENGINEER and part.handed_in_on):
		people.notify(
			_users(watch, part), partial(_sentence, watch, part), document=(record.DOCTYPE, part.name)
		)
	part.db_set(watch.column, part.get(watch.day), update_modified=False)


def _users(watch: Watch, part: Document) -> list[str]:
	sent_by = [row.made_by for row in part.history if row.action == "return_to_vendor" and not row.undone]
	if watch.status == Status.RETURNED_TO_VENDOR and (able := people.able(sent_by)):
		return able
	return recipients.users_for(_case_of(part), watch.whom)


def _case_of(part: Document) -> Any:
	"""What `recipients` looks at: the engineer and the team are those of the visit, not of the case as it is today."""
	case = frappe.get_doc("Service Request", part.service_request)
	case.update({"engineer": part.engineer, "engineer_user": part.engineer_user, "team": part.team})
	return case


def _sentence(watch: Watch, part: Document, lang: str) -> str:
	what = " ".join(filter(None, (part.item_code, part.serial_no)))
	day = frappe.format(part.get(watch.day), {"fieldtype": "Date"})
	if watch.status == Status.RETURNED_TO_VENDOR:
		return _(
			"The credit of {0} for {1} was due on {2}. Ask {0}, or enter why there is none.", lang
		).format(part.supplier, what, day)
	return _("{0} from {1} is {2} days late: it should have come back on {3}.", lang).format(
		what, part.customer or part.service_request, record.days_late(part, today()), day
	)


def _log(name: str, error: Exception) -> None:
	frappe.log_error(
		title="Nobody could be warned of a late part", reference_doctype=record.DOCTYPE, reference_name=name
	)
