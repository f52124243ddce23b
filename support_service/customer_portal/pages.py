"""Reads what the pages under `/service` show: the lists of cases and units, and the user's own records.

Every function starts from the customers that the session's user acts for. For a case or unit of somebody else the answer
is the same as for one that does not exist.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import frappe
import frappe.sessions
from frappe import _
from frappe.query_builder import Criterion, DocType
from frappe.query_builder.functions import Count
from frappe.utils import cint
from pypika import Order
from pypika.terms import PseudoColumn

from support_service.constants.roles import CUSTOMER
from support_service.customer_portal import loans, story, words
from support_service.foundation.platform import count_by
from support_service.permissions.documents import service_request
from support_service.permissions.who import customers_of, managed_by, seen_in_part_by
from support_service.service_intake import channels
from support_service.service_intake.chat.talk import CHANNEL as CHAT_CHANNEL
from support_service.support_service import lifecycle
from support_service.support_service.merging import whole

CASE = "Service Request"
PAGE_LENGTH = 20
SEARCH_LENGTH = 80
LAST_PAGE = 100_000
# beyond so many customers × statuses, or so far back, one query for all is quicker
MOST_PARTS, FAR_BACK = 40, 1000

CASE_LIST_FIELDS = (
	"name",
	"subject",
	"status",
	"customer_answered_on",
	"merged_into",
	"installed_unit",
	"serial_label",
	"raised_on",
)


class NotFoundForCustomerError(frappe.PageDoesNotExistError):
	"""No such record, or not one of this customer; the answer does not say which."""


def own_customers() -> frozenset[str]:
	"""Customers the session's user acts for on the portal; empty for staff without the role and for guests."""
	if CUSTOMER not in frappe.get_roles():
		return frozenset()
	return customers_of(frappe.session.user)


def open_page(context: frappe._dict, title: str, tab: str) -> frozenset[str]:
	"""Common start of every portal page: log in first, never cache; returns the user's customers."""
	if frappe.session.user == "Guest":
		frappe.local.flags.redirect_location = f"/login?redirect-to={frappe.request.path}"
		raise frappe.Redirect(302)
	context.no_cache = 1
	context.sitemap = 0
	# Frappe gives website users no CSRF token by itself, and checks only sessions that have one
	frappe.sessions.get_csrf_token()
	customers = own_customers()
	context.update({"title": title, "tab": tab, "has_customer": bool(customers), "words": words})
	context.has_chat = bool(customers and channels.is_on(CHAT_CHANNEL))
	context.manages_access = bool(customers and managed_by(frappe.session.user))
	return customers


def refuse_forged() -> None:
	"""Raise CSRFTokenError for a write that uses a log-in's cookie but was not sent by one of our pages.

	Where the session has a token, Frappe has compared it already; a session without one never opened our pages.
	"""
	by_cookie = frappe.request and not frappe.get_request_header("Authorization")
	if by_cookie and not frappe.session.data.csrf_token:
		frappe.throw(_("Please open your service page and send the form from there."), frappe.CSRFTokenError)


def find_own(doctype: str, name: str | None, customers: frozenset[str] | None = None) -> Any:
	"""The document `name` if it belongs to one of the user's customers.

	Raises NotFoundForCustomerError for everything else, after one query that is the same whatever the reason.
	"""
	customers = own_customers() if customers is None else customers
	found = None
	if name and customers:
		found = frappe.db.get_value(doctype, {"name": name, "customer": ["in", sorted(customers)]})
	if found and doctype == CASE and not sees_case(found):
		found = None
	if not found:
		frappe.throw(_("There is no such entry, or it is not one of yours."), NotFoundForCustomerError)
	return frappe.get_doc(doctype, found)


def find_whole(name: str | None, customers: frozenset[str] | None = None) -> Any:
	"""As `find_own` for a request; where it was merged, the one it goes on as, if the user sees that.

	For reading and writing to us. What changes a request (withdrawing it, say) means the very one that was named.
	"""
	case = find_own(CASE, name, customers)
	if not case.merged_into:
		return case
	try:
		found = find_own(CASE, whole.goes_on_as(case.name), customers)
		found.flags.addressed_as = case.name
		return found
	except NotFoundForCustomerError:
		frappe.clear_last_message()
		return case


def sees_case(name: str) -> bool:
	"""Whether the session's user sees this request of one of their customers, by the one rule of Service Request."""
	if not seen_in_part_by(frappe.session.user):
		return True
	return service_request.RULE.scope(frappe.session.user, as_customer=True).holds(CASE, name) is True


def case_page(
	customers: frozenset[str],
	*,
	show_all: bool = False,
	search: str = "",
	page: int = 1,
	unit: str | None = None,
) -> dict[str, Any]:
	"""One page of the customers' cases, open ones first, newest first.

	Returns rows (with `words`, `tone`, `unit_name`, `visit`, ready to print), page, more (whether another one follows) and pages:
	how many there are, or None with `show_all`, where counting them would grow with the customer's history.
	"""
	filters: dict[str, Any] = {"customer": ["in", sorted(customers)]}
	if unit:
		filters["installed_unit"] = unit
	open_filters = {**filters, "status": ["in", story.OPEN_FOR_CUSTOMER]}
	open_count = _count(open_filters, search)
	page = min(max(1, cint(page)), LAST_PAGE)
	pages = None if show_all else max(1, -(-open_count // PAGE_LENGTH))
	if pages:
		page = min(page, pages)
	start = (page - 1) * PAGE_LENGTH
	wanted = PAGE_LENGTH + 1
	rows = _cases(open_filters, search, start, wanted) if start < open_count else []
	if show_all and len(rows) < wanted:
		rows += _done_cases(filters, search, max(0, start - open_count), wanted - len(rows))
	if not rows and page > 1:
		# an address from before, or made up
		return case_page(customers, show_all=show_all, search=search, unit=unit)
	more = len(rows) > PAGE_LENGTH
	rows = rows[:PAGE_LENGTH]
	_describe(rows)
	return {"rows": rows, "page": page, "pages": pages, "more": more}


def own_units(customers: frozenset[str]) -> list[dict[str, Any]]:
	"""The customers' units in use, by name: name, unit_name, item_name, serial_label, state, site_address_display.

	A device of ours that was on loan and is back is not among them.
	"""
	units = frappe.get_all(
		"Installed Unit",
		filters={"customer": ["in", sorted(customers)], "state": ["!=", "Retired"]},
		fields=[
			"name",
			"unit_name",
			"item_name",
			"serial_label",
			"state",
			"customer",
			"customer_name",
			"site_address_display",
		],
		order_by="unit_name asc",
		limit=1000,
	)
	back = loans.given_back([unit.name for unit in units if unit.state == "Returned"])
	return [unit for unit in units if unit.name not in back]


def open_case_counts(customers: frozenset[str]) -> dict[str, int]:
	"""Unit -> number of its open cases, for the list of units."""
	filters = {
		"customer": ["in", sorted(customers)],
		"status": ["in", story.OPEN_FOR_CUSTOMER],
		"installed_unit": ["is", "set"],
	}
	if not seen_in_part_by(frappe.session.user):
		return count_by(CASE, "installed_unit", filters)
	return dict(
		Counter(row.installed_unit for row in _query(("installed_unit",), filters, "").run(as_dict=True))
	)


def next_visits(requests: list[str]) -> dict[str, Any]:
	"""Case -> its next planned visit: planned_start, planned_end, engineer_name, status, visit_type."""
	if not requests:
		return {}
	visits = frappe.get_all(
		"Engineer Visit",
		filters={
			"service_request": ["in", requests],
			"docstatus": 0,
			"status": ["in", ("Planned", "On the Way", "On Site")],
		},
		fields=["service_request", "planned_start", "planned_end", "engineer_name", "status", "visit_type"],
		order_by="planned_start desc",
	)
	return {visit.service_request: visit for visit in visits}


def own_contact(customer: str) -> Any:
	"""The user's Contact at `customer` (name, full_name, phone), or the user's own name and phone."""
	contacts = frappe.get_all("Contact", filters={"user": frappe.session.user}, pluck="name")
	linked = frappe.get_all(
		"Dynamic Link",
		filters={
			"parenttype": "Contact",
			"parent": ["in", contacts],
			"link_doctype": "Customer",
			"link_name": customer,
		},
		pluck="parent",
		limit=1,
	)
	user = frappe.db.get_value("User", frappe.session.user, ["full_name", "mobile_no", "phone"], as_dict=True)
	known = frappe._dict(name=None, full_name=user.full_name, phone=user.mobile_no or user.phone or "")
	if linked:
		contact = frappe.db.get_value("Contact", linked[0], ["name", "mobile_no", "phone"], as_dict=True)
		known.update({"name": contact.name, "phone": contact.mobile_no or contact.phone or known.phone})
	return known


def _search_texts(search: str) -> list[tuple[str, str]]:
	text = search.strip()[:SEARCH_LENGTH]
	return [(field, f"%{text}%") for field in ("name", "subject", "serial_label")] if text else []


def _count(filters: dict[str, Any], search: str) -> int:
	if not _search_texts(search) and not seen_in_part_by(frappe.session.user):
		return frappe.db.count(CASE, filters)
	return frappe.qb.from_(_query(("name",), filters, search)).select(Count("*")).run()[0][0]


def _cases(filters: dict[str, Any], search: str, start: int, length: int) -> list[Any]:
	case = DocType(CASE)
	query = _query(CASE_LIST_FIELDS, filters, search)
	query = query.orderby(case.raised_on, order=Order.desc).orderby(case.name, order=Order.desc)
	return query.limit(length).offset(start).run(as_dict=True)


def _done_cases(filters: dict[str, Any], search: str, start: int, length: int) -> list[Any]:
	"""Those of `filters` that are done, newest first, as `_cases`.

	One short query for each customer and status, which the index on these and the date answers: it reads what is shown and what
	is before it, however long the history is. One query for all would sort all of it.
	"""
	_in, customers = filters["customer"]
	done = [status.value for status in lifecycle.Status if status not in story.OPEN_FOR_CUSTOMER]
	if _search_texts(search) or start > FAR_BACK or len(customers) * len(done) > MOST_PARTS:
		return _cases({**filters, "status": ["in", done]}, search, start, length)
	rows = [
		row
		for customer in customers
		for status in done
		for row in _cases({**filters, "customer": customer, "status": status}, "", 0, start + length)
	]
	rows.sort(key=lambda row: (str(row.raised_on or ""), row.name), reverse=True)
	return rows[start : start + length]


def _query(fields: Iterable[str], filters: dict[str, Any], search: str) -> Any:
	"""Requests by `filters` that contain what was searched for and that the session's user sees, as `sees_case` says of one."""
	case = DocType(CASE)
	found = frappe.qb.get_query(CASE, fields=list(fields), filters=filters)
	if texts := _search_texts(search):
		found = found.where(Criterion.any([case[field].like(text) for field, text in texts]))
	if seen_in_part_by(frappe.session.user):
		seen = service_request.RULE.scope(frappe.session.user, as_customer=True).sql(CASE)
		found = found.where(PseudoColumn(seen or "1=1"))
	return found


def _describe(rows: list[Any]) -> None:
	"""Add what the list shows beside the stored fields, with one query per kind and not per row."""
	visits = next_visits([row.name for row in rows if row.status in story.OPEN_FOR_CUSTOMER])
	units = {row.installed_unit for row in rows if row.installed_unit}
	names = {}
	if units:
		names = dict(
			frappe.get_all(
				"Installed Unit",
				filters={"name": ["in", sorted(units)]},
				fields=["name", "unit_name"],
				as_list=True,
			)
		)
	for row in rows:
		row.words = words.status_words(row.status, row.customer_answered_on, row.merged_into)
		row.tone = story.tone(row.status)
		row.unit_name = names.get(row.installed_unit, "")
		visit = visits.get(row.name)
		row.visit = words.window(visit.planned_start, visit.planned_end) if visit else ""
