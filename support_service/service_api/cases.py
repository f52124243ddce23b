"""Requests as the API shows them, and what a client does with one. Who sees which follows from the same rules as list and portal."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import UTC, datetime
from typing import Any

import frappe
import pydantic
from frappe import _
from frappe.utils import escape_html
from pypdf.errors import PyPdfError
from werkzeug.datastructures import FileStorage

from support_service.customer_portal import files, messages, pages
from support_service.foundation import instants
from support_service.service_api.clients import Client
from support_service.service_api.errors import ApiError, NotFoundError
from support_service.service_intake.intake import IntakePayload, accept_new
from support_service.service_level.clock import summary
from support_service.support_service.lifecycle import OPEN_STATES, Status
from support_service.support_service.merging import whole

CASE = "Service Request"
CHANNEL = "API"
OVER = (Status.CLOSED, Status.CANCELLED)
OPEN = [status.value for status in (*OPEN_STATES, Status.RESOLVED)]
KINDS = ("First Response", "On Site", "Business Restored", "Repair Complete")
FIELDS = (
	"name",
	"subject",
	"status",
	"priority",
	"request_type",
	"channel",
	"customer",
	"installed_unit",
	"raised_on",
)
# what the libraries raise with which Frappe opens what is attached
UNREADABLE = (PyPdfError, OSError, SyntaxError, ValueError, KeyError, IndexError)
LARGEST_FILE = 10 * 1024 * 1024


class Summary(pydantic.BaseModel):
	"""A request in a list."""

	name: str
	subject: str
	status: str
	priority: str | None
	request_type: str
	channel: str
	customer: str | None
	installed_unit: str | None
	raised_at: datetime


class Promise(pydantic.BaseModel):
	"""One promise: its kind, its state, and until when it is promised."""

	kind: str
	state: str
	due_at: datetime | None
	done_at: datetime | None


class Visit(pydantic.BaseModel):
	"""The next visit."""

	starts_at: datetime | None
	ends_at: datetime | None
	status: str


class Message(pydantic.BaseModel):
	"""What customer and service have written to each other; `content` is HTML without anything that runs."""

	by_customer: bool
	author: str | None
	content: str
	written_at: datetime | None


class Request(Summary):
	"""A request with what was promised and written."""

	promises: list[Promise]
	next_visit: Visit | None
	messages: list[Message]


class Requests(pydantic.BaseModel):
	"""One page of requests, newest first; `next_cursor` leads to the next page."""

	requests: list[Summary]
	next_cursor: str | None


class Stored(pydantic.BaseModel):
	"""The name of what was stored."""

	name: str


def open_request(client: Client, **values: Any) -> Any:
	"""Open a request as the client; returns it."""
	frappe.has_permission(CASE, "create", throw=True)
	if client.is_portal:
		values |= _own_unit(client, values["installed_unit"], values["customer"])
	elif client.customer:
		if values["customer"] not in (None, client.customer):
			raise ApiError(_("This client opens requests of one customer."), {"customer": _nothing()})
		values["customer"] = client.customer
	values["description"] = escape_html(values["description"]).replace("\n", "<br>")
	return accept_new(CHANNEL, IntakePayload(**values), checked=client.is_portal)


def _own_unit(client: Client, unit: str | None, customer: str | None) -> dict[str, Any]:
	"""Customer and unit of a request that a customer opens: both their own."""
	own = client.customers()
	if unit:
		found = {"name": unit, "customer": ("in", sorted(own) or [""])}
		row = frappe.db.get_value("Installed Unit", found, ["name", "customer"], as_dict=True)
		if not row or customer not in (None, row.customer):
			raise NotFoundError(_nothing(), {"installed_unit": _nothing()})
		return {"installed_unit": row.name, "customer": row.customer}
	if customer is None and len(own) == 1:
		return {"customer": next(iter(own))}
	if customer not in own:
		raise NotFoundError(_nothing(), {"customer": _nothing()})
	return {"customer": customer}


def find(client: Client, name: str) -> Any:
	"""The request `name` if the client may see it; raises NotFoundError whatever the reason."""
	found = frappe.get_list(CASE, filters={"name": name, **_limits(client)}, pluck="name", limit=1)
	if not found:
		raise NotFoundError(_nothing())
	case = frappe.get_doc(CASE, _whole(client, found[0]))
	if case.name != found[0]:
		case.flags.addressed_as = found[0]
	return case


def _whole(client: Client, name: str) -> str:
	"""The request that `name` goes on as, where it was merged and the client may see that one."""
	into = whole.goes_on_as(name)
	seen = into == name or frappe.get_list(CASE, filters={"name": into, **_limits(client)}, limit=1)
	return into if seen else name


def shown(case: Any) -> Request:
	"""Everything the API tells about a request."""
	_users, addresses = messages.people_of(case.customer) if case.customer else (frozenset(), frozenset())
	visit = pages.next_visits([case.name]).get(case.name)
	return Request(
		**_summary(case),
		promises=_promises(case.name),
		next_visit=visit
		and Visit(
			starts_at=_moment(visit.planned_start), ends_at=_moment(visit.planned_end), status=visit.status
		),
		messages=[
			Message(
				by_customer=row.by_customer,
				author=row.author,
				content=row.content,
				written_at=_moment(row.on),
			)
			for row in messages.of_case(case, addresses)
		],
	)


def shown_new(case: Any) -> Request:
	"""The same of a request that was opened a moment ago: nobody has written on it or planned a visit yet."""
	return Request(**_summary(case), promises=_promises(case.name), next_visit=None, messages=[])


def page(client: Client, *, only_open: bool, cursor: str | None, limit: int) -> Requests:
	"""One page of the requests that the client may see; their numbers order them, so that none is missed or comes twice."""
	filters: list[Any] = [[name, "=", value] for name, value in _limits(client).items()]
	if only_open:
		filters.append(["status", "in", OPEN])
	if cursor:
		filters.append(["name", "<", _read_cursor(cursor)])
	found = frappe.get_list(CASE, filters=filters, fields=list(FIELDS), order_by="name desc", limit=limit + 1)
	more = len(found) > limit
	return Requests(
		requests=[Summary(**_summary(row)) for row in found[:limit]],
		next_cursor=_cursor(found[limit - 1].name) if more else None,
	)


def comment(client: Client, case: Any, text: str) -> str:
	"""A customer's message to the service; from a client of ours a comment that only staff read."""
	if case.status in OVER:
		raise ApiError(_("This request is closed. Please open a new one."))
	if not text.strip():
		raise ApiError(_("Please write your message first."), {"text": _("Please write your message first.")})
	if client.is_portal:
		return messages.add(case, text)
	return case.add_comment("Comment", escape_html(text).replace("\n", "<br>")).name


def attach(client: Client, case: Any, file_name: str, content: str) -> str:
	"""Attach a private file; returns its name."""
	if case.status in OVER:
		raise ApiError(_("This request is closed. Please open a new one."))
	files.check_kind(file_name)
	try:
		data = base64.b64decode(content, validate=True)
	except (binascii.Error, ValueError):
		raise ApiError(
			_("The content is not Base64."), {"content": _("The content is not Base64.")}
		) from None
	if not data or len(data) > LARGEST_FILE:
		too_large = _("A file has between 1 byte and {0} MB.").format(LARGEST_FILE // 1024 // 1024)
		raise ApiError(too_large, {"content": too_large})
	try:
		files.store([FileStorage(io.BytesIO(data), file_name)], CASE, case.name)
	except UNREADABLE:
		# Frappe opens PDFs and pictures
		raise ApiError(_("The file cannot be read."), {"content": _("The file cannot be read.")}) from None
	on_case = {"attached_to_doctype": CASE, "attached_to_name": case.name, "owner": client.user}
	return frappe.get_all("File", on_case, pluck="name", order_by="creation desc", limit=1)[0]


def _limits(client: Client) -> dict[str, str]:
	return {"customer": client.customer} if client.customer else {}


def _summary(row: Any) -> dict[str, Any]:
	values = {name: row.get(name) or None for name in FIELDS if name != "raised_on"}
	return {**values, "raised_at": _moment(row.raised_on)}


def _promises(request: str) -> list[Promise]:
	# raw SQL, as each request that is opened asks this
	rows = frappe.db.sql(
		"select kind, origin, request, state, due_utc, stopped_utc from `tabService Clock`"
		" where request = %(request)s and kind in %(kinds)s order by round, name",
		{"request": request, "kinds": KINDS},
		as_dict=True,
	)
	latest = summary.telling(rows)
	return [
		Promise(kind=kind, state=row.state, due_at=_utc(row.due_utc), done_at=_utc(row.stopped_utc))
		for kind in KINDS
		if (row := latest.get(kind))
	]


def _moment(site_time: Any) -> datetime | None:
	return datetime.fromtimestamp(instants.to_utc(site_time), UTC) if site_time else None


def _utc(stored: Any) -> datetime | None:
	instant = instants.of_utc_column(stored)
	return None if instant is None else datetime.fromtimestamp(instant, UTC)


def _cursor(name: str) -> str:
	return base64.urlsafe_b64encode(name.encode()).decode()


def _read_cursor(cursor: str) -> str:
	try:
		return base64.urlsafe_b64decode(cursor.encode()).decode()
	except (binascii.Error, ValueError):
		raise ApiError(
			_("The cursor is not one of ours."), {"cursor": _("The cursor is not one of ours.")}
		) from None


def _nothing() -> str:
	return _("There is no such entry, or it is not one of yours.")
