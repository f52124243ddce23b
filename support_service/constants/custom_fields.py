"""Custom fields on ERPNext's DocTypes: installing creates and uninstalling removes the fields listed here."""

from typing import Any

from support_service.constants.words import N_

# Links from the Stock Entry back to the visit that took the parts out of stock. A duplicate or an amendment of such a Stock Entry
# must not carry them. `no_copy` empties them in a duplicate; the desk's Amend copies them all the same, so
# public/js/stock_entry.js and service_parts/own_links.py empty them there, and wherever else than in our flows one is inserted.
_FROM_VISIT = {"read_only": 1, "no_copy": 1, "print_hide": 1, "translatable": 0, "module": "Support Service"}

# Links from what a customer is charged with back to the decision. ERPNext's mapping hands them on from Quotation to Sales
# Order to Sales Invoice; service_charging/billing/charging.py sees to copies.
_FROM_DECISION = {"read_only": 1, "print_hide": 1, "translatable": 0, "module": "Support Service"}

# values of Customer.service_case_visibility
ALL_CASES, OWN_CASES = N_("All of the customer's requests"), N_("Own requests only")


# Frappe fills an empty Time of a new document with the time of day, so these are choices
_HOURS = "\n".join(["", *(f"{hour:02}:00" for hour in range(24))])


def _charge_fields(insert_after: str, *, keyed: bool) -> list[dict[str, Any]]:
	fields: list[dict[str, Any]] = [
		{
			"fieldname": "after_sales_service_section",
			"fieldtype": "Section Break",
			"label": N_("After-Sales Service"),
			"insert_after": insert_after,
			"collapsible": 1,
			"depends_on": "eval:doc.coverage_decision",
			"module": "Support Service",
		},
		{
			**_FROM_DECISION,
			"fieldname": "service_request",
			"fieldtype": "Link",
			"label": N_("Service Request"),
			"options": "Service Request",
			"insert_after": "after_sales_service_section",
			"search_index": 1,
		},
		{
			**_FROM_DECISION,
			"fieldname": "coverage_decision",
			"fieldtype": "Link",
			"label": N_("Coverage Decision"),
			"options": "Coverage Decision",
			"insert_after": "service_request",
			"search_index": 1,
		},
	]
	if keyed:
		# unique, so that the database refuses to bill a charge twice
		fields.append(
			{
				**_FROM_DECISION,
				"fieldname": "service_charge_key",
				"fieldtype": "Data",
				"label": N_("Charge Key"),
				"insert_after": "coverage_decision",
				"unique": 1,
				"hidden": 1,
				"no_copy": 1,
			}
		)
	return fields


# A row that charges a decision says so; how much of it stands billed is counted from these rows (service_charging/billing/balances.py). A
# document may have rows of other work beside them.
def _charged_row(insert_after: str) -> list[dict[str, Any]]:
	return [
		{
			**_FROM_DECISION,
			"fieldname": "coverage_decision",
			"fieldtype": "Link",
			"label": N_("Coverage Decision"),
			"options": "Coverage Decision",
			"insert_after": insert_after,
			"depends_on": "coverage_decision",
			"search_index": 1,
		}
	]


def _return_fields(insert_after: str) -> list[dict[str, Any]]:
	"""Of a purchase return with which a removed part went back to its supplier."""
	return [
		{
			**_FROM_VISIT,
			"fieldname": "removed_part",
			"fieldtype": "Link",
			"label": N_("Removed Part"),
			"options": "Removed Part",
			"insert_after": insert_after,
			"depends_on": "removed_part",
			"search_index": 1,
		},
		{
			# unique, so that the database refuses to send a part back twice
			**_FROM_VISIT,
			"fieldname": "service_return_key",
			"fieldtype": "Data",
			"label": N_("Return Key"),
			"insert_after": "removed_part",
			"unique": 1,
			"hidden": 1,
		},
	]


CUSTOM_FIELDS: dict[str, list[dict[str, Any]]] = {
	"Item": [
		{
			"fieldname": "service_unit_tracking",
			"fieldtype": "Select",
			"label": N_("Follow at Customers"),
			"options": "\nYes\nNo",
			"description": N_(
				"Whether a delivery makes Installed Units: one for each serial number, else one for each piece. "
				"Empty: as its template says, else only items with serial numbers."
			),
			"insert_after": "serial_no_series",
			"no_copy": 0,
			"translatable": 0,
			"module": "Support Service",
		},
	],
	"Stock Entry": [
		{
			"fieldname": "after_sales_service_section",
			"fieldtype": "Section Break",
			"label": N_("After-Sales Service"),
			"insert_after": "remarks",
			"collapsible": 1,
			"depends_on": "eval:doc.engineer_visit || doc.equipment_loan || doc.removed_part",
			"module": "Support Service",
		},
		{
			**_FROM_VISIT,
			"fieldname": "engineer_visit",
			"fieldtype": "Link",
			"label": N_("Engineer Visit"),
			"options": "Engineer Visit",
			"insert_after": "after_sales_service_section",
			"search_index": 1,
		},
		{
			# what is lent or taken back: service_parts/loans/postings.py
			**_FROM_VISIT,
			"fieldname": "equipment_loan",
			"fieldtype": "Link",
			"label": N_("Equipment Loan"),
			"options": "Equipment Loan",
			"insert_after": "engineer_visit",
			"search_index": 1,
		},
		{
			**_FROM_VISIT,
			"fieldname": "service_request",
			"fieldtype": "Link",
			"label": N_("Service Request"),
			"options": "Service Request",
			"insert_after": "engineer_visit",
			"search_index": 1,
		},
		{
			**_FROM_VISIT,
			"fieldname": "removed_part",
			"fieldtype": "Link",
			"label": N_("Removed Part"),
			"options": "Removed Part",
			"insert_after": "service_request",
			"search_index": 1,
		},
		{
			# unique, so that the database refuses to take a visit's parts out of stock twice
			**_FROM_VISIT,
			"fieldname": "service_consumption_key",
			"fieldtype": "Data",
			"label": N_("Consumption Key"),
			"insert_after": "removed_part",
			"unique": 1,
			"hidden": 1,
		},
	],
	# the draft that follows from a counted van (service_parts/vans/reconciliations.py)
	"Stock Reconciliation": [
		{
			**_FROM_VISIT,
			"fieldname": "van_count",
			"fieldtype": "Link",
			"label": N_("Van Count"),
			"options": "Van Count",
			"insert_after": "set_warehouse",
			"depends_on": "van_count",
			"search_index": 1,
		},
	],
	"Purchase Receipt": _return_fields("remarks"),
	"Purchase Invoice": _return_fields("remarks"),
	"Quotation": _charge_fields("enq_det", keyed=True),
	"Sales Order": _charge_fields("party_account_currency", keyed=False),
	"Quotation Item": _charged_row("additional_notes"),
	"Sales Order Item": _charged_row("project"),
	"Sales Invoice Item": _charged_row("project"),
	# A row that asks for a needed part says for which need; Purchase Orders, receipts and transfers name the row, so that what is
	# coming is read from them (service_parts/needs/supply.py). A duplicate is for nobody, an amendment for the same need.
	"Material Request Item": [
		{
			**_FROM_VISIT,
			"fieldname": "part_need",
			"fieldtype": "Link",
			"label": N_("Part Need"),
			"options": "Part Need",
			"insert_after": "project",
			"depends_on": "part_need",
			"search_index": 1,
		},
	],
	"Timesheet": [
		{
			"fieldname": "after_sales_service_section",
			"fieldtype": "Section Break",
			"label": N_("After-Sales Service"),
			"insert_after": "note",
			"collapsible": 1,
			"depends_on": "eval:doc.engineer_visit",
			"module": "Support Service",
		},
		{
			**_FROM_VISIT,
			"fieldname": "engineer_visit",
			"fieldtype": "Link",
			"label": N_("Engineer Visit"),
			"options": "Engineer Visit",
			"insert_after": "after_sales_service_section",
			"search_index": 1,
		},
		{
			**_FROM_VISIT,
			"fieldname": "service_request",
			"fieldtype": "Link",
			"label": N_("Service Request"),
			"options": "Service Request",
			"insert_after": "engineer_visit",
			"search_index": 1,
		},
		{
			# unique, so that the database refuses to write a visit's hours down twice
			**_FROM_VISIT,
			"fieldname": "service_visit_key",
			"fieldtype": "Data",
			"label": N_("Visit Key"),
			"insert_after": "service_request",
			"unique": 1,
			"hidden": 1,
		},
	],
	# the case an Issue became: a link for people; the app itself goes by the source key of the case
	"Issue": [
		{
			**_FROM_VISIT,
			"fieldname": "service_request",
			"fieldtype": "Link",
			"label": N_("Service Request"),
			"options": "Service Request",
			"insert_after": "issue_split_from",
			"depends_on": "service_request",
		},
	],
	# how the customer wants to hear of their requests, where the request itself names no way; which requests their people see
	# on the portal, and who of them decides about the others
	"Customer": [
		{
			"fieldname": "service_channel",
			"fieldtype": "Select",
			"label": N_("Tell of Service Requests By"),
			"options": "\nEmail\nSMS\nGroup Chat\nPhone\nPortal",
			"description": N_("Empty: by e-mail. Phone and Portal: nothing is sent."),
			"insert_after": "language",
			"translatable": 0,
			"module": "Support Service",
		},
		{
			"fieldname": "service_quiet_from",
			"fieldtype": "Select",
			"options": _HOURS,
			"translatable": 0,
			"label": N_("Quiet Hours from"),
			"description": N_(
				"Text messages and group chats wait until they are over. Empty: as in the settings."
			),
			"insert_after": "service_channel",
			"module": "Support Service",
		},
		{
			"fieldname": "service_quiet_to",
			"fieldtype": "Select",
			"options": _HOURS,
			"translatable": 0,
			"label": N_("Quiet Hours to"),
			"insert_after": "service_quiet_from",
			"module": "Support Service",
		},
		{
			"fieldname": "service_case_visibility",
			"fieldtype": "Select",
			"label": N_("Requests on the Portal"),
			"options": f"{ALL_CASES}\n{OWN_CASES}",
			"default": ALL_CASES,
			"description": N_(
				"Which requests of this customer each of its portal users sees. "
				"Own: those that they have opened or that carry their e-mail address. Who manages access sees all."
			),
			"insert_after": "portal_users_tab",
			"translatable": 0,
			"module": "Support Service",
		},
	],
	# for which customer staff have marked a file on a request, a device or a contract (customer_portal/marked_files.py, its one
	# writer: no role has this permission level)
	"File": [
		{
			"fieldname": "service_shown_to",
			"fieldtype": "Link",
			"label": N_("Shown on the Portal to"),
			"options": "Customer",
			"insert_after": "attached_to_field",
			"permlevel": 9,
			"read_only": 1,
			"no_copy": 1,
			"print_hide": 1,
			# else a User Permission on a Customer would hide files
			"ignore_user_permissions": 1,
			"translatable": 0,
			"module": "Support Service",
		},
	],
	"Portal User": [
		{
			"fieldname": "service_manages_access",
			"fieldtype": "Check",
			"label": N_("Manages Access"),
			"description": N_(
				"May invite colleagues on the portal and take their access away; sees all requests of the customer."
			),
			"insert_after": "user",
			"in_list_view": 1,
			"module": "Support Service",
		},
	],
	# An invoice of a service contract names it. The key is unique, so that the database refuses to invoice an installment
	# twice. An amendment or a credit note keeps the contract, without the key (service_coverage/contract/billing.py).
	"Sales Invoice": [
		{
			"fieldname": "service_contract",
			"fieldtype": "Link",
			"label": N_("Service Contract"),
			"options": "Service Contract",
			"insert_after": "project",
			"read_only": 1,
			"no_copy": 1,
			"print_hide": 1,
			"search_index": 1,
			"translatable": 0,
			"module": "Support Service",
		},
		{
			"fieldname": "service_billing_key",
			"fieldtype": "Data",
			"label": N_("Billing Key"),
			"insert_after": "service_contract",
			"read_only": 1,
			"no_copy": 1,
			"print_hide": 1,
			"unique": 1,
			"hidden": 1,
			"translatable": 0,
			"module": "Support Service",
		},
		*_charge_fields("remarks", keyed=True),
	],
}

# (DocType, fieldname) of fields that only earlier versions had: uninstalling removes them, too
FORMER_FIELDS: set[tuple[str, str]] = set()
