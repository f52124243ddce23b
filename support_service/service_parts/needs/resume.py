"""A case that waits for parts goes on by itself when what was missing is there.

A sweep looks at every waiting case with needs (each minute, and soon after a need has changed), so that it does not matter where
the news came from or whether a process died. The move says which document brought the last part, and the engineer is notified.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import batches, instants, language, people
from support_service.foundation.postponed import Backlog
from support_service.service_parts.needs.need_rules import OVER, Awaited, NeedStatus, may_go_on
from support_service.support_service import moves
from support_service.support_service.lifecycle import Status
from support_service.support_service.messaging import recipients

CASE, NEED, RESERVATION = "Service Request", "Part Need", "Part Reservation"
METHOD = "support_service.service_parts.needs.resume.run"
FLAG = "support_service_resume_with_parts"
BACKLOG = Backlog(N_("Go on with parts that have come"), CASE)
LIMIT = 200


def enqueue() -> None:
	"""Look at waiting cases soon after this transaction is committed."""
	batches.enqueue(METHOD, FLAG)


def run() -> int:
	"""Every minute: let each case go on whose parts have come; returns how many did."""
	batches.begun(FLAG)
	return batches.one_by_one(_ready(), lock=_lock, work=_go_on, backlog=BACKLOG, limit=LIMIT)


def _lock(case: str) -> bool:
	return batches.lock_row(CASE, case, "status", Status.WAITING_FOR_PARTS.value)


def _ready() -> list[str]:
	case, need = frappe.qb.DocType(CASE), frappe.qb.DocType(NEED)
	rows = (
		frappe.qb.from_(case)
		.inner_join(need)
		.on(need.service_request == case.name)
		.select(case.name.as_("case"), need.name, need.status, need.available_utc)
		.where((case.status == Status.WAITING_FOR_PARTS.value) & need.status.notin(OVER))
		.orderby(case.name)
		.run(as_dict=True)
	)
	needs: dict[str, list[Any]] = defaultdict(list)
	for row in rows:
		needs[row.case].append(row)
	if not needs:
		return []
	setting = frappe.db.get_single_value("Support Service Settings", "resume_with_parts")
	since = _waits_since(list(needs))
	return [name for name, found in needs.items() if may_go_on(_awaited(found), since.get(name, 0), setting)]


def _awaited(rows: list[Any]) -> list[Awaited]:
	return [Awaited(NeedStatus(row.status), instants.of_utc_column(row.available_utc)) for row in rows]


def _waits_since(cases: list[str]) -> dict[str, int]:
	"""Case → the instant of the last move that made it wait."""
	waiting = Status.WAITING_FOR_PARTS.value
	rows = frappe.get_all(
		"Service Request Move",
		filters={"request": ("in", cases), "to_status": waiting, "from_status": ("!=", waiting)},
		fields=["request", "moved_at", "at_utc"],
		order_by="at_utc, moved_at, creation",
	)
	return {row.request: instants.kept(row.moved_at, row.at_utc) for row in rows}


def _go_on(name: str) -> None:
	case = frappe.get_doc(CASE, name)
	brought = _brought_by(name)
	lang = language.of_site()
	if brought:
		reason = _("The parts are there: {0} {1}.", lang).format(_(brought.doctype, lang), brought.name)
	else:
		reason = _("The parts are there.", lang)
	moves.apply_move(case, "resume", reason=reason, reference=brought, by_app=True)
	_notify(case)


def _brought_by(case: str) -> Document | None:
	"""The document that reserved the last part, if one did and it still exists."""
	rows = frappe.get_all(
		RESERVATION,
		filters={"service_request": case, "held": 1, "begun_doctype": ("is", "set")},
		fields=["begun_doctype", "begun_name"],
		order_by="creation desc",
		limit=1,
	)
	for row in rows:
		if frappe.db.exists(row.begun_doctype, row.begun_name):
			return frappe.get_doc(row.begun_doctype, row.begun_name)
	return None


def _notify(case: Document) -> None:
	def line(lang: str) -> str:
		return _("The parts for {0} are there, the request goes on: {1}", lang).format(
			case.name, case.subject or ""
		)

	people.notify(recipients.users_for(case, recipients.ENGINEER), line, document=(CASE, case.name))
