"""Which links of our documents must name something of the document's own customer: one table, read by `check`. No Frappe.

Every Link and Dynamic Link of our DocTypes to something that can belong to a customer is listed here, or in EXCEPTIONS with
the reason; tests/site/test_belongs_to_customer.py fails for a new field that is in neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CUSTOMER = "Customer"


@dataclass(frozen=True, slots=True)
class Ties:
	"""The links of one DocType that are tied to its customer.

	customer: fields with the customer or a document of theirs; the first filled one says whose the document is.
	fields: links checked when they or the customer change, and again at submit.
	lasting: links checked only when they change themselves: a unit that is sold keeps its Asset.
	rows: child table → links of its rows, checked like `fields`.
	serials: child table → text field with serial numbers, checked at submit.
	as_in: field → links of the same document; the value of the field of this name in the linked document is allowed, too.
	day: field with the day whose owner of a unit counts, beside today's ("link.field": field of the linked document).
	"""

	customer: tuple[str, ...]
	fields: tuple[str, ...] = ()
	lasting: tuple[str, ...] = ()
	rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
	serials: Mapping[str, str] = field(default_factory=dict)
	as_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
	day: str | None = None

	def named(self) -> tuple[str, ...]:
		"""All fields of the document itself that are listed."""
		return (*self.customer, *self.fields, *self.lasting)


TABLE: Mapping[str, Ties] = {
	"Installed Unit": Ties(
		customer=("customer",),
		fields=("contact", "site_address", "parent_unit"),
		lasting=("serial_no", "asset"),
	),
	"Service Request": Ties(
		customer=("customer",),
		fields=("installed_unit", "contact", "site_address", "project"),
		lasting=("source_name",),
		# a delivery may have brought the unit to somebody else's address; that is where the case is
		as_in={"contact": ("installed_unit",), "site_address": ("installed_unit",)},
		day="raised_on",
	),
	"Engineer Visit": Ties(
		# taken over from the request at each save, see field_service/planning.py
		customer=("customer", "service_request"),
		fields=("installed_unit", "site_address"),
		lasting=("coverage_decision",),
		serials={"parts": "removed_serial_nos"},
		as_in={"site_address": ("service_request", "installed_unit")},
		# work that was done before the unit changed hands can still be reported
		day="arrived_at",
	),
	"Service Contract": Ties(
		customer=("customer",),
		fields=("project",),
		lasting=("renewal_of", "source_name"),
		rows={"units": ("installed_unit",)},
	),
	"Supplier Claim": Ties(
		customer=("service_request", "installed_unit"),
		fields=("installed_unit", "serial_no"),
		day="service_request.raised_on",
	),
	"Equipment Loan": Ties(
		# taken over from the request as long as nothing was handed over, see service_parts/loans/requests.py
		customer=("customer", "service_request"),
		fields=("stands_in_for", "engineer_visit"),
		# the unit may be sold on while ours stands in for it
		day="from_date",
	),
	"Part Need": Ties(
		customer=("service_request",),
		fields=("installed_unit", "engineer_visit"),
		day="service_request.raised_on",
	),
	"Unit Reading": Ties(customer=("engineer_visit",), fields=("installed_unit",), day="read_at"),
	# after a request, or at intervals and so of no request
	"Service Survey": Ties(customer=("service_request", "customer"), fields=("customer",)),
	"Service Improvement": Ties(customer=("customer",), fields=("service_survey", "service_request")),
}

_LEDGER = "a ledger with one writer: the row repeats its document, which was checked, and stays when the unit is sold"
_OWN = "restored at each save to what the app itself has written"
_EARLIER = "the earlier version of the same document; its customer may have been corrected since"
_SCOPE = "a scope, not a document of a customer: fields that do not fit each other fit no case"
_SUPPLY = "how the unit came to be: a dealer's delivery stands for the dealer's customer, too"
_DECISION = (
	"one writer, which repeats request and visit; a unit of another customer is charged, see warranty_sources"
)
_CHARGE = "one writer: charging names what was made from this decision"
_LENT = "ours, not the customer's; that nobody else has it on these days is checked in service_parts/loans"
_REMOVED = "one writer, which repeats the visit; whose part it was on that day does not change"
_MAIL = "what a message became, written by the app; whose request it is may be corrected afterwards"
_CALLED = (
	"one writer: who called and about what, as a person said; whose request it is may be corrected afterwards"
)
_CHATTED = "one writer, which has checked that the request is theirs; whoever sees the request sees the chat"
_LOG = "what a takeover found or made; nothing is decided by it"

_PROBLEM = "one fault has requests and units of many customers; nothing of one is shown to another"
_ASKED = "whom a plan asks: each row is one customer's, and nobody is asked who is not known there"

EXCEPTIONS: Mapping[tuple[str, str], str] = {
	("Service Problem Case", "service_request"): _PROBLEM,
	("Service Problem Case", "installed_unit"): _PROBLEM,
	("Service Survey Plan Customer", "customer"): _ASKED,
	("Service Survey Plan Customer", "contact"): _ASKED,
	("Installed Unit", "delivery_note"): _SUPPLY,
	("Installed Unit", "source_name"): _SUPPLY,
	("Service Request", "service_contract"): _OWN,
	("Service Request", "coverage_decision"): _OWN,
	("Service Request", "previous_request"): _MAIL,
	("Service Mail", "request"): _MAIL,
	("Service Mail", "decided_request"): _MAIL,
	("Service Mail", "decided_customer"): _MAIL,
	("Service Contract", "renewed_by"): _OWN,
	("Equipment Loan Piece", "serial_no"): _LENT,
	("Equipment Loan Piece", "installed_unit"): _LENT,
	("Equipment Loan Return", "serial_no"): _LENT,
	("Equipment Loan Return", "engineer_visit"): _OWN,
	("Equipment Loan Return", "sales_invoice"): _OWN,
	("Equipment Loan Entry", "loan"): _LEDGER,
	("Equipment Loan Entry", "service_request"): _LEDGER,
	("Service Contract", "quotation"): _OWN,
	("Service Contract", "amended_from"): _EARLIER,
	("Engineer Visit", "amended_from"): _EARLIER,
	("Coverage Decision", "service_request"): _DECISION,
	("Coverage Decision", "engineer_visit"): _DECISION,
	("Coverage Decision", "installed_unit"): _DECISION,
	("Coverage Decision", "customer"): _DECISION,
	("Coverage Decision", "supersedes"): _DECISION,
	("Coverage Decision", "quotation"): _CHARGE,
	("Coverage Decision", "sales_order"): _CHARGE,
	("Coverage Decision", "sales_invoice"): _CHARGE,
	("Coverage Decision Line", "source_name"): _DECISION,
	("Service Warranty", "installed_unit"): _LEDGER,
	("Service Warranty", "customer"): _LEDGER,
	("Service Warranty", "fitted_part"): _LEDGER,
	("Service Warranty", "reference_name"): _LEDGER,
	("Service Warranty Entry", "warranty"): _LEDGER,
	("Service Warranty Entry", "installed_unit"): _LEDGER,
	("Service Warranty Entry", "customer"): _LEDGER,
	("Service Warranty Entry", "reference_name"): _LEDGER,
	("Service Contract Use", "contract"): _LEDGER,
	("Service Contract Use", "installed_unit"): _LEDGER,
	("Service Contract Use", "service_request"): _LEDGER,
	("Service Contract Use", "reference_name"): _LEDGER,
	("Service Contract Use", "reversal_of"): _LEDGER,
	("Fitted Part Entry", "installed_unit"): _LEDGER,
	("Fitted Part Entry", "voucher_no"): _LEDGER,
	("Fitted Part Entry", "reversal_of"): _LEDGER,
	("Service Alert", "service_request"): "one writer: the request that was opened for it",
	("Service Call", "customer"): _CALLED,
	("Service Call", "contact"): _CALLED,
	("Service Call", "service_request"): _CALLED,
	("Service Call", "call_back"): _CALLED,
	("Service Chat", "service_request"): _CHATTED,
	("Service Call Back", "customer"): _CALLED,
	("Service Call Back", "contact"): _CALLED,
	("Service Call Back", "service_request"): _CALLED,
	("Service API Client", "customer"): _SCOPE,
	("Service Webhook", "customer"): _SCOPE,
	("Service Webhook Delivery", "service_request"): "one writer: the request that the event is about",
	("Alert Source", "customer"): "the default of requests that are opened; the request's own check decides",
	("Alert Label Mapping", "customer"): "one of many customers, by label",
	("Alert Label Mapping", "installed_unit"): "a unit of whichever customer, by label",
	("Part Reservation", "part_need"): _LEDGER,
	("Part Reservation", "service_request"): _LEDGER,
	("Part Reservation", "begun_name"): _LEDGER,
	("Part Reservation", "ended_name"): _LEDGER,
	("Installed Unit Event", "installed_unit"): _LEDGER,
	("Installed Unit Event", "customer"): _LEDGER,
	("Installed Unit Event", "from_customer"): _LEDGER,
	("Installed Unit Event", "reference_name"): _LEDGER,
	("Service Request Move", "request"): _LEDGER,
	("Service Request Move", "reference_name"): _LEDGER,
	("Service Clock", "request"): _LEDGER,
	("Service Clock", "customer"): _LEDGER,
	("Service Clock Entry", "clock"): _LEDGER,
	("Service Clock Entry", "request"): _LEDGER,
	("Service Clock Entry", "reference_name"): _LEDGER,
	("Service Message", "request"): "the only thing it names; whose it is follows from it",
	("Service Robot", "customer"): "the only thing it names; whose it is follows from it",
	("Portal Invitation", "customer"): "the only thing it names; whose it is follows from it",
	("Service Level Policy", "contract"): _SCOPE,
	("Service Level Policy", "installed_unit"): _SCOPE,
	("Service Level Policy", "customer"): _SCOPE,
	("Takeover Run", "customer"): _SCOPE,
	("Postponed Work", "reference_name"): _LOG,
	("Takeover Finding", "source_name"): _LOG,
	("Takeover Finding", "target_name"): _LOG,
	("Supplier Claim", "purchase_name"): "papers of a supplier",
	("Removed Part", "service_request"): _REMOVED,
	("Removed Part", "engineer_visit"): _REMOVED,
	("Removed Part", "installed_unit"): _REMOVED,
	("Removed Part", "customer"): _REMOVED,
	("Removed Part", "split_from"): _REMOVED,
	("Removed Part", "purchase_name"): "papers of a supplier",
	("Service Engineer", "home_address"): "where the engineer lives; no customer's document",
}
