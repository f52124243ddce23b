"""Which of our documents stand under *Connections* on ERPNext's own forms; hook `override_doctype_dashboards`.

Frappe keeps this data in a cache that all languages share, so the label stays English and the desk translates it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from support_service.constants.words import N_
from support_service.support_service.lifecycle import OPEN_STATES, Status

GROUP = N_("After-Sales Service")

# a resolved case still waits for the customer's confirmation, so it counts as open
LIVE_STATES = [*OPEN_STATES, Status.RESOLVED]
# DocType → filters of what counts as open; forms show this number first (`notification_config`)
OPEN: dict[str, dict[str, Any]] = {
	"Service Request": {"status": ["in", LIVE_STATES]},
	"Engineer Visit": {"status": ["in", ["Planned", "On the Way", "On Site"]]},
	"Equipment Loan": {"status": ["in", ["Requested", "Booked", "Lent", "Partly Returned"]]},
	"Part Need": {"is_open": 1},
	"Supplier Claim": {"status": ["in", ["Draft", "Sent", "Accepted"]]},
	"Removed Part": {"status": ["in", ["Due", "Received", "Tested", "In Repair", "Returned to Vendor"]]},
}


@dataclass(frozen=True, slots=True)
class Connections:
	"""What one form shows of ours.

	named_by: our DocType → its field that links to the form's record, in the order shown; a field of its child table counts too.
	named_here: our DocType → the field of the form that links to it, or (table, field) of the form's child tables.
	dynamic: field of `named_by` that is a Dynamic Link → the field that says to which DocType.
	"""

	fieldname: str
	named_by: Mapping[str, str] = field(default_factory=dict)
	named_here: Mapping[str, str | tuple[str, str]] = field(default_factory=dict)
	dynamic: Mapping[str, str] = field(default_factory=dict)


_PAID: dict[str, str | tuple[str, str]] = {
	"Service Request": "service_request",
	"Coverage Decision": ("items", "coverage_decision"),
}
_DELIVERED = {"Installed Unit": "source_name"}
_BY_SOURCE = {"source_name": "source_doctype"}

FORMS: dict[str, Connections] = {
	"Customer": Connections(
		"customer",
		dict.fromkeys(
			(
				"Service Request",
				"Engineer Visit",
				"Installed Unit",
				"Service Contract",
				"Service Warranty",
				"Service Survey",
				"Equipment Loan",
			),
			"customer",
		),
	),
	"Contact": Connections("contact", dict.fromkeys(("Service Request", "Installed Unit"), "contact")),
	"Item": Connections(
		"item_code",
		{
			**dict.fromkeys(
				("Service Request", "Installed Unit", "Engineer Visit", "Service Contract", "Equipment Loan"),
				"item_code",
			),
			"Warranty Policy": "item",
			"Part Need": "item_code",
		},
	),
	"Serial No": Connections(
		"serial_no",
		{
			"Service Request": "serial_label",
			"Installed Unit": "serial_no",
			"Fitted Part Entry": "serial_label",
			"Supplier Claim": "serial_no",
			"Equipment Loan": "serial_no",
		},
	),
	"Asset": Connections("asset", {"Installed Unit": "asset"}),
	"Delivery Note": Connections("delivery_note", _DELIVERED, dynamic=_BY_SOURCE),
	"Quotation": Connections("prevdoc_docname", {"Service Contract": "quotation"}, _PAID),
	"Sales Order": Connections("sales_order", named_here=_PAID),
	"Sales Invoice": Connections(
		"sales_invoice", _DELIVERED, {**_PAID, "Service Contract": "service_contract"}, dynamic=_BY_SOURCE
	),
	"Supplier": Connections("supplier", {"Service Request": "vendor", "Supplier Claim": "supplier"}),
	"Employee": Connections("employee", {"Service Engineer": "employee"}),
	"Material Request": Connections("material_request", named_here={"Part Need": ("items", "part_need")}),
	"Purchase Order": Connections("purchase_order", {"Part Need": "purchase_order"}),
	"Call Log": Connections("call_log", {"Service Call": "call_log"}),
	"Project": Connections("project", dict.fromkeys(("Service Request", "Service Contract"), "project")),
}


def extend(doctype: str, data: dict[str, Any]) -> dict[str, Any]:
	"""`data` of the form of `doctype` with our group added at its end; groups of others stay as they are."""
	ours = FORMS[doctype]
	# a form without a field of its own counts nothing at all
	data["fieldname"] = data.get("fieldname") or ours.fieldname
	named = {**(data.get("non_standard_fieldnames") or {}), **ours.named_by}
	data["non_standard_fieldnames"] = named
	here = {kind: list(at) if isinstance(at, tuple) else at for kind, at in ours.named_here.items()}
	data["internal_links"] = {**(data.get("internal_links") or {}), **here}
	dynamic = {name: [doctype, kind_field] for name, kind_field in ours.dynamic.items()}
	data["dynamic_links"] = {**(data.get("dynamic_links") or {}), **dynamic}
	kinds = list(dict.fromkeys([*ours.named_here, *ours.named_by]))
	data["transactions"] = [*(data.get("transactions") or []), {"label": GROUP, "items": kinds}]
	return data


def open_filters() -> dict[str, Any]:
	"""Hook `notification_config`: what counts as open."""
	return {"for_doctype": OPEN}


# Frappe calls one function per form, with its data only
customer = partial(extend, "Customer")
contact = partial(extend, "Contact")
item = partial(extend, "Item")
serial_no = partial(extend, "Serial No")
asset = partial(extend, "Asset")
delivery_note = partial(extend, "Delivery Note")
quotation = partial(extend, "Quotation")
sales_order = partial(extend, "Sales Order")
sales_invoice = partial(extend, "Sales Invoice")
supplier = partial(extend, "Supplier")
employee = partial(extend, "Employee")
project = partial(extend, "Project")
material_request = partial(extend, "Material Request")
purchase_order = partial(extend, "Purchase Order")
call_log = partial(extend, "Call Log")
