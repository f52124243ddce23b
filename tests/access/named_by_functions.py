"""What the parameters of whitelisted functions name: a name given to a function is a link, too.

Whatever a function is asked about first, the table in `functions.py` tries with both sides' records. Every further name it
takes stands here: asked about their own, and given one document they may not see, the caller must be refused.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

Side = dict[str, str]

# parameters that name a document
NAMES = frozenset(
	[
		"request",
		"visit",
		"loan",
		"company",
		"item_code",
		"stands_in_for",
		"by",
		"rows",
		"unit",
		"installed_unit",
		"units",
		"contract",
		"decision",
		"decisions",
		"warranty",
		"claim",
		"part",
		"supplier",
		"batch_no",
		"debit_note",
		"clock",
		"calendar",
		"template",
		"message",
		"robot",
		"mail",
		"mailbox",
		"names",
		"survey",
		"problem",
		"run",
		"engineer",
		"policy",
		"customer",
		"contact",
		"file",
		"files",
		"name",
		"docname",
		"reference_name",
		"parent",
		"lines",
		"needs",
		"parts",
		"item_code",
		"warehouse",
		"doc",
		"values",
		"count",
		"handover",
		"stock_list",
		"invitation",
		"source",
		"alert",
		"call",
		"call_back",
		"chat",
		"delivery",
		"engineers",
		"rows",
		"batch_no",
	]
)
# words, numbers, days, tokens and choices
PLAIN = frozenset(
	[
		"accepted",
		"answers",
		"payload",
		"state",
		"cursor",
		"file_name",
		"content",
		"action",
		"after",
		"amounts",
		"command",
		"first",
		"last",
		"signature",
		"signed_by",
		"unsigned_reason",
		"address",
		"answered_by",
		# the fields of Frappe's own dialog; what they name is what `functions.py` asks with
		"args",
		"at",
		"cause",
		# what is on a label: it names nothing that its reader may not see
		"code",
		"comment",
		"event",
		"language",
		"expected_at",
		"contact_name",
		"channel",
		"contact_email",
		"contact_phone",
		"credit_due_on",
		"credit_expected",
		"department_queue",
		"description",
		"doctype",
		"dry_run",
		"due_by",
		"due_on",
		"end",
		"filters",
		"found",
		"how",
		"impact",
		"is_root",
		"items",
		"key",
		"kwargs",
		"labour_until",
		"limit",
		"line",
		"no",
		"note",
		"on",
		"other_device",
		"outcome",
		"parts_until",
		"preferred_channel",
		"qty",
		"reason",
		"reference_doctype",
		"request_type",
		"reserve",
		"satisfied",
		"score",
		"serials",
		# typed from the label of a piece
		"serial_no",
		"share",
		"shown",
		"side",
		"start",
		"start_date",
		"starts_on",
		"subject",
		"target",
		"text",
		"token",
		"travel_until",
		"until",
		"user",
		"urgency",
		"vendor_reference",
		"what",
		# of the page behind the code on a device, and of wished times
		"email",
		"full_name",
		"person_name",
		"phone",
		"proof",
		*(f"{part}_{number}" for part in ("day", "from", "to") for number in (1, 2, 3)),
	]
)
_SPACE = "support_service."
# (function, parameter) → why there is nothing to refuse
NOTHING_TO_REFUSE = {
	(
		"service_parts.loans.desk_api.free_pieces",
		"company",
	): "everybody of ours reads companies; `require` asks",
	(
		"service_parts.loans.desk_api.free_pieces",
		"item_code",
	): "narrows a list; everybody of ours reads items",
	(
		"service_parts.loans.desk_api.free_pieces",
		"loan",
	): "a loan whose booking is left out; nothing of it is shown",
	("service_parts.loans.api.keep", "rows"): "only rows of the loan itself are taken",
	("service_parts.loans.api.undo_take_back", "by"): "only one of the loan's own rows is taken",
	(
		"service_parts.loans.desk_api.plan_returns",
		"loan",
	): "only one of the visit's customer is taken: test_loan_visits.py",
	("erpnext_desk.api.get_docinfo", "doc"): "not handed on: only a DocType and a name are asked about",
	("installed_base.api.get_children", "parent"): "narrows a list that shows only what the caller sees",
	("installed_base.api.get_children", "customer"): "narrows a list that shows only what the caller sees",
	(
		"installed_base.api.change_many",
		"values",
	): "each unit is saved with the rights of the caller, links and all",
	(
		"installed_base.api.name_returned_units",
		"units",
	): "none of these roles may call it; only candidates of the return are taken: test_unnamed_returns.py",
	("support_service.api.move", "values"): "words and times only: the fields a step takes, see lifecycle.py",
	("customer_portal.desk_api.give", "contact"): "none of these roles may call it: test_portal_access.py",
	("support_service.api.send_many_again", "names"): "each is asked for as by `send_again`",
	**{
		(
			f"service_parts.needs.api.{name}",
			"needs",
		): "only needs of the request are taken, others are passed over"
		for name in ("reserve", "release", "transfer", "purchase", "call_off", "want_again")
	},
	("service_level.calendar.api.try_promise", "unit"): "a unit of time",
	(
		"service_intake.calls.api.my_calls",
		"call",
	): "one that the caller may not see is left out of the answer",
	("service_parts.vans.api.enter", "batch_no"): "a batch of the item, which must be seen",
	("service_level.calendar.api.try_promise", "doc"): "as `preview`, by the same function",
}


class Further(NamedTuple):
	"""A call with one document hidden from `persona`: by the rules, or by a User Permission for `other` of `doctype`."""

	persona: str
	arguments: Callable[[Side, Side], dict[str, Any]]
	doctype: str | None = None
	other: str | None = None


FURTHER: dict[tuple[str, str], Further] = {
	("service_coverage.warranty.api.change_warranty", "customer"): Further(
		"lead",
		lambda own, foreign: {
			"warranty": own["Service Warranty"],
			"what": "transfer",
			"reason": "Sold",
			"customer": foreign["customer"],
		},
		"Customer",
		"customer",
	),
	("service_coverage.warranty.api.change_warranty", "reference_name"): Further(
		"lead",
		lambda own, foreign: {
			"warranty": own["Service Warranty"],
			"what": "void",
			"reason": "Opened",
			"reference_doctype": "Service Request",
			"reference_name": foreign["Service Request"],
		},
	),
	("service_coverage.warranty.api.start_warranty", "policy"): Further(
		"lead",
		lambda own, foreign: {
			"unit": own["Installed Unit"],
			"reason": "Agreed",
			"starts_on": "2026-01-01",
			"policy": foreign["Warranty Policy"],
		},
		"Warranty Policy",
		"Warranty Policy",
	),
	("service_feedback.api.link_problem", "problem"): Further(
		"lead",
		lambda own, foreign: {"request": own["Service Request"], "problem": foreign["Service Problem"]},
		"Service Problem",
		"Service Problem",
	),
	("service_parts.loans.desk_api.free_pieces", "stands_in_for"): Further(
		"lead",
		lambda own, foreign: {
			"company": own["company"],
			"first": "2026-01-01",
			"last": "2026-01-02",
			"stands_in_for": foreign["Installed Unit"],
		},
		"Installed Unit",
		"Installed Unit",
	),
	("service_parts.loans.api.take_back", "rows"): Further(
		"lead",
		lambda own, foreign: {
			"loan": own["Equipment Loan"],
			"rows": [{"piece": "?", "qty": 1, "to_warehouse": foreign["warehouse"]}],
			"command": "?",
		},
		"Warehouse",
		"warehouse",
	),
	("service_parts.loans.desk_api.plan_returns", "rows"): Further(
		"lead",
		lambda own, foreign: {
			"visit": own["Engineer Visit"],
			"loan": own["Equipment Loan"],
			"rows": [{"piece": "?", "qty": 1, "to_warehouse": foreign["warehouse"]}],
		},
		"Warehouse",
		"warehouse",
	),
	("service_charging.api.decide_before_work", "lines"): Further(
		"lead",
		lambda own, foreign: {
			"request": own["Service Request"],
			"lines": [{"kind": "Part", "qty": 1, "item_code": foreign["item"]}],
		},
		"Item",
		"item",
	),
	("service_parts.api.move_removed_part", "supplier"): Further(
		"lead",
		lambda own, foreign: {
			"part": own["Removed Part"],
			"action": "no such step",
			"supplier": foreign["supplier"],
		},
		"Supplier",
		"supplier",
	),
	("service_parts.api.move_removed_part", "batch_no"): Further(
		"lead",
		lambda own, foreign: {
			"part": own["Removed Part"],
			"action": "no such step",
			"batch_no": None if own is foreign else "not there",
		},
	),
	("service_parts.api.move_removed_part", "debit_note"): Further(
		"lead",
		lambda own, foreign: {
			"part": own["Removed Part"],
			"action": "no such step",
			"debit_note": None if own is foreign else "not there",
		},
	),
	("service_parts.needs.api.add", "parts"): Further(
		"engineer",
		lambda own, foreign: {
			"request": own["Service Request"],
			"parts": [{"item_code": foreign["item"], "qty": 1}],
		},
		"Item",
		"item",
	),
	("service_charging.api.make_joint_invoice", "decisions"): Further(
		"lead",
		lambda own, foreign: {"decisions": [own["Coverage Decision"], foreign["Coverage Decision"]]},
	),
	("service_charging.api.sell_parts", "lines"): Further(
		"lead",
		lambda own, foreign: {
			"request": own["Service Request"],
			"lines": [{"qty": 1, "item_code": foreign["item"]}],
		},
		"Item",
		"item",
	),
	("service_parts.needs.api.where_is", "item_code"): Further(
		"engineer",
		lambda own, foreign: {"request": own["Service Request"], "item_code": foreign["item"]},
		"Item",
		"item",
	),
	**{
		(f"service_parts.needs.api.{name}", "warehouse"): Further(
			"engineer",
			lambda own, foreign: {
				"request": own["Service Request"],
				"needs": [own["Part Need"]],
				"warehouse": foreign["van"],
			},
			"Warehouse",
			"van",
		)
		for name in ("reserve", "transfer")
	},
	("service_charging.api.sell_parts", "decision"): Further(
		"lead",
		lambda own, foreign: {
			"request": own["Service Request"],
			"lines": [{"qty": 1, "item_code": own["item"]}],
			"decision": foreign["Coverage Decision"],
		},
	),
	("support_service.api.move", "engineer"): Further(
		"lead",
		lambda own, foreign: {
			"request": own["Service Request"],
			"action": "reassign",
			"reason": "Ill",
			"engineer": foreign["engineer"],
		},
		"Service Engineer",
		"engineer",
	),
	("service_intake.mail.api.add_to_request", "request"): Further(
		"agent",
		lambda own, foreign: {"mail": own["Service Mail"], "request": foreign["Service Request"]},
		"Service Request",
		"Service Request",
	),
	("service_intake.mail.api.open_request", "customer"): Further(
		"agent",
		lambda own, foreign: {"mail": own["Service Mail"], "customer": foreign["customer"]},
		"Customer",
		"customer",
	),
	("service_intake.api.open_case", "customer"): Further(
		"agent",
		lambda own, foreign: {"subject": "Call", "customer": foreign["customer"]},
		"Customer",
		"customer",
	),
	("service_intake.api.enter_case", "installed_unit"): Further(
		"agent",
		lambda own, foreign: {
			"channel": "Letter",
			"subject": "Letter",
			"customer": foreign["customer"],
			"installed_unit": foreign["Installed Unit"],
		},
		"Installed Unit",
		"Installed Unit",
	),
	("service_intake.api.enter_case", "contact"): Further(
		"agent",
		lambda own, foreign: {
			"channel": "Letter",
			"subject": "Letter",
			"customer": own["customer"],
			"contact": foreign["contact"],
		},
		"Contact",
		"contact",
	),
	("service_intake.api.enter_case", "files"): Further(
		"agent",
		lambda own, foreign: {
			"channel": "Letter",
			"subject": "Letter",
			"customer": own["customer"],
			"files": [] if own is foreign else [foreign["own_file"]],
		},
	),
	("service_intake.api.open_case", "call"): Further(
		"agent",
		lambda own, foreign: {
			"subject": "Call",
			"customer": own["customer"],
			"call": foreign["Service Call"],
		},
		"Service Call",
		"Service Call",
	),
	("service_intake.calls.api.note_on_case", "request"): Further(
		"lead",
		lambda own, foreign: {
			"call": own["Service Call"],
			"request": foreign["Service Request"],
			"note": "Called",
		},
	),
	("service_intake.api.open_case", "installed_unit"): Further(
		"agent",
		lambda own, foreign: {
			"subject": "Call",
			"customer": foreign["customer"],
			"installed_unit": foreign["Installed Unit"],
		},
		"Installed Unit",
		"Installed Unit",
	),
	("service_intake.api.open_case", "contact"): Further(
		"agent",
		lambda own, foreign: {
			"subject": "Call",
			"customer": own["customer"],
			"contact": foreign["contact"],
		},
		"Contact",
		"contact",
	),
	("erpnext_desk.api.new_case", "unit"): Further(
		"agent",
		lambda own, foreign: {
			"doctype": "Customer",
			"name": own["customer"],
			"unit": foreign["Installed Unit"],
		},
		"Installed Unit",
		"Installed Unit",
	),
	("service_parts.vans.api.enter", "item_code"): Further(
		"engineer",
		lambda own, foreign: {"count": own["Van Count"], "item_code": foreign["item"], "found": 1},
		"Item",
		"item",
	),
	("service_parts.vans.api.apply_stock_list", "engineers"): Further(
		"lead",
		lambda own, foreign: {"stock_list": own["Van Stock List"], "engineers": [foreign["engineer"]]},
	),
	("service_level.calendar.api.preview", "doc"): Further(
		"manager",
		lambda own, foreign: {
			"doc": {
				"time_zone": "Asia/Shanghai",
				"windows": [{"day": "Every Day", "from_time": "08:00:00", "to_time": "18:00:00"}],
				"changes": [
					{
						"from_date": "2026-01-01",
						"to_date": "2026-01-02",
						"use_calendar": foreign["Service Calendar"],
					}
				],
			}
		},
		"Service Calendar",
		"Service Calendar",
	),
}

# over HTTP, as the portal's pages ask: what is not the customer's own is not there
PORTAL: dict[tuple[str, str], Callable[[Side, Side], dict[str, Any]]] = {
	("service_api.v1.create_request", "customer"): lambda own, foreign: {
		"subject": "Broken",
		"customer": foreign["customer"],
	},
	("service_api.v1.create_request", "installed_unit"): lambda own, foreign: {
		"subject": "Broken",
		"installed_unit": foreign["Installed Unit"],
	},
	("customer_portal.api.new_case", "unit"): lambda own, foreign: {
		"key": "a-key-of-the-page",
		"subject": "Broken",
		"unit": foreign["Installed Unit"],
	},
	("customer_portal.api.new_case", "customer"): lambda own, foreign: {
		"key": "a-key-of-the-page",
		"subject": "Broken",
		"customer": foreign["customer"],
	},
	**{
		("customer_portal.chat_api.begin", name): (
			lambda own, foreign, name=name, doctype=doctype: {
				"text": "Hello",
				"key": "a-key-of-the-page",
				name: foreign[doctype],
			}
		)
		for name, doctype in (
			("unit", "Installed Unit"),
			("request", "Service Request"),
			("customer", "customer"),
		)
	},
	("customer_portal.api.answer_charge", "decision"): lambda own, foreign: {
		"request": own["Service Request"],
		"decision": foreign["Coverage Decision"],
		"accepted": True,
	},
	("customer_portal.papers_api.document", "file"): lambda own, foreign: {"file": foreign["marked_file"]},
	("customer_portal.api.attachment", "file"): lambda own, foreign: {
		"request": own["Service Request"],
		"file": foreign["own_file"],
	},
}


def short(path: str) -> str:
	return path.removeprefix(_SPACE)


def path_of(short_path: str) -> str:
	return _SPACE + short_path
