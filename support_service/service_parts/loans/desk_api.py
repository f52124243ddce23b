"""Whitelisted functions that show loans: the choice among free pieces, the calendar, the loans of a case, a unit or a visit."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, flt, getdate

from support_service.permissions import named_links
from support_service.service_parts.loans import came_back, pool, proposals, visit_returns
from support_service.service_parts.loans import hand_over as handing_over
from support_service.service_parts.loans.api import require_warehouses
from support_service.service_parts.loans.came_back import PLANNED
from support_service.service_parts.loans.lifecycle import HOLDING, OPEN, OUT
from support_service.service_parts.loans.moves import LOAN

CASE, VISIT, UNIT = "Service Request", "Engineer Visit", "Installed Unit"
MAX_EVENTS = 1000
SHOWN = ("name", "status", "from_date", "until_date", "handed_over_on", "returned_on", "customer_name")


@frappe.whitelist()
def loan_defaults(request: str) -> dict[str, Any]:
	"""What a new loan for a case starts with: days, the unit it stands in for, the first free piece that fits."""
	frappe.has_permission(LOAN, "create", throw=True)
	case = frappe.get_doc(CASE, request)
	case.check_permission("read")
	return proposals.defaults(case)


@frappe.whitelist()
def free_pieces(
	company: str, first: str, last: str, item_code: str = "", stands_in_for: str = "", loan: str = ""
) -> list[dict[str, Any]]:
	"""The pieces that may be lent, free ones first, with their bookings (`pool.free`).

	item_code: only of this item. stands_in_for: a unit; those that fit it come first and say how (`fits`). loan: whose own booking does
	not count.
	"""
	frappe.has_permission(LOAN, "read", throw=True)
	named_links.require("Company", company, _("Company"))
	named_links.require(UNIT, stands_in_for, _("Stands in for", context=LOAN))
	days: tuple[date, date] = (getdate(first), getdate(last))
	found = pool.free(company, item_code or None, *days, but=loan or None)
	if stands_in_for and not item_code:
		item = frappe.db.get_value(UNIT, stands_in_for, "item_code")
		fitting = pool.suggest(company, item, *days, but=loan or None)
		seen = {_piece(line) for line in fitting}
		found = [*fitting, *(line for line in found if _piece(line) not in seen)]
	return found


@frappe.whitelist()
def calendar_events(start: str, end: str, filters: str | list[Any] | None = None) -> list[dict[str, Any]]:
	"""Loans that hold their pieces on a day of [start, end], as the calendar wants them; only those the user may see."""
	frappe.has_permission(LOAN, "read", throw=True)
	conditions = frappe.parse_json(filters) if filters else []
	rows = frappe.get_list(
		LOAN,
		filters=[
			*conditions,
			[LOAN, "from_date", "<=", getdate(end)],
			# what is late is still taken, though its days are over
			[LOAN, "status", "in", [status.value for status in OPEN]],
		],
		fields=["name", "status", "from_date", "until_date", "customer_name"],
		order_by="from_date asc, name asc",
		limit=MAX_EVENTS,
	)
	today, first = getdate(), getdate(start)
	events = []
	for row in rows:
		last = max(getdate(row.until_date), today) if row.status in OUT else getdate(row.until_date)
		if last >= first:
			events.append({**row, "until_date": last, "all_day": 1, "days_late": handing_over.days_late(row)})
	pieces = _named_pieces([event["name"] for event in events])
	for event in events:
		words = filter(None, (pieces.get(event["name"]), event["customer_name"]))
		event["calendar_title"] = escape_html(" · ".join(words)) or event["name"]
	return events


@frappe.whitelist()
def loans_of(doctype: str, name: str) -> list[dict[str, Any]]:
	"""The loans of a case, of the unit that is lent or is stood in for, or those out with the customer of a visit; newest first.

	Each: SHOWN, days_late, pieces (piece, item_code, item_name, serial_no, qty, out, planned: what comes back at the visit).
	"""
	if doctype not in (CASE, VISIT, UNIT):
		frappe.throw(_("Loans are shown on requests, visits and units only."), frappe.PermissionError)
	frappe.has_permission(doctype, "read", name, throw=True)
	# customers read their visits and units, but not our records of them
	if not frappe.has_permission(LOAN, "read"):
		return []
	if doctype == VISIT:
		return [_shown(doc, name) for doc in visit_returns.offered(frappe.get_doc(VISIT, name))]
	named = {"service_request": name} if doctype == CASE else {"name": ("in", _loans_of_unit(name) or [""])}
	names = frappe.get_list(LOAN, filters=named, pluck="name", order_by="creation desc", limit=50)
	return [_shown(frappe.get_doc(LOAN, one)) for one in names]


@frappe.whitelist(methods=["POST"])
def plan_returns(visit: str, loan: str, rows: str | list[dict[str, Any]]) -> list[dict[str, Any]]:
	"""Plan what of a loan comes back when the visit is submitted, in place of what was planned of it; returns as `loans_of`.

	rows: as for `take_back`; empty: nothing any more.
	"""
	doc = frappe.get_doc(VISIT, visit)
	doc.check_permission("write")
	sent = frappe.parse_json(rows)
	require_warehouses(sent)
	visit_returns.plan(doc, loan, came_back.read(sent))
	return [_shown(one, visit) for one in visit_returns.offered(doc)]


def _loans_of_unit(unit: str) -> list[str]:
	"""Loans in which the unit is lent, or stood in for; the caller asks which of them the user may see."""
	lent = {"installed_unit": unit, "parenttype": LOAN}
	return [
		*frappe.get_all("Equipment Loan Piece", filters=lent, pluck="parent", order_by=None),
		*frappe.get_all(LOAN, filters={"stands_in_for": unit}, pluck="name", order_by=None),
	]


def _piece(line: dict[str, Any]) -> tuple[Any, ...]:
	return line["item_code"], line["serial_no"], line["batch_no"], line["warehouse"]


def _named_pieces(loans: list[str]) -> dict[str, str]:
	rows = frappe.get_all(
		"Equipment Loan Piece",
		filters={"parent": ("in", loans or [""]), "parenttype": LOAN},
		fields=["parent", "item_name", "item_code", "serial_no"],
		order_by="parent, idx",
	)
	found: dict[str, list[str]] = {}
	for row in rows:
		found.setdefault(row.parent, []).append(row.serial_no or row.item_name or row.item_code)
	return {loan: ", ".join(words) for loan, words in found.items()}


def _shown(loan: Any, visit: str | None = None) -> dict[str, Any]:
	planned = {
		row.piece: row
		for row in loan.returns
		if visit and row.state == PLANNED and row.engineer_visit == visit
	}
	return {
		**{name: loan.get(name) for name in SHOWN},
		"days_late": handing_over.days_late(loan),
		"holds": loan.status in HOLDING,
		"pieces": [
			{
				"piece": row.name,
				"item_code": row.item_code,
				"item_name": row.item_name,
				"serial_no": row.serial_no,
				"qty": flt(row.qty),
				"out": row.still_out() if loan.status in OUT else 0.0,
				"planned": flt(planned[row.name].qty) if row.name in planned else 0.0,
				"condition": planned[row.name].condition if row.name in planned else "",
				"damage": planned[row.name].damage if row.name in planned else "",
				"to_warehouse": planned[row.name].to_warehouse if row.name in planned else "",
			}
			for row in loan.pieces
		],
	}
