"""What the generated tests of stored names and copies need: bare rows, and the texts of ours that hold no name."""

from __future__ import annotations

from typing import Any

import frappe

from support_service.foundation import rows
from support_service.foundation.names.stored_names import Shape, StoredName

# What people write, own names, words of a list, addresses and tokens: no document's name is looked for in them.
TEXTS: dict[str, set[str]] = {
	"its own name or title, which Frappe renames itself or people give": {
		"Service Engineer.engineer_name",
		"Installed Unit.unit_name",
		"Service Contract Template.template_name",
		"Warranty Policy.policy_name",
		"Service Level Policy.policy_name",
		"Service Calendar.calendar_name",
		"Service Channel.channel_name",
		"Service Team.team_name",
		"Van Stock List.list_name",
		"Service Request.subject",
	},
	"lent by the request to its clocks at each save of it (service_level/clock/store.py)": {
		"Service Clock.subject",
		"Service Clock.priority",
	},
	"what people write": {
		"Van Count.discard_reason",
		"Van Handover.reason",
		"Van Handover.from_reason",
		"Van Handover.to_reason",
		"Engineer Visit.preparation_note",
		"Engineer Visit.findings",
		"Engineer Visit.work_done",
		"Engineer Visit.prevention",
		"Engineer Visit.unsigned_reason",
		"Engineer Visit.charge_allowed_reason",
		"Engineer Visit.charge_shown",  # an amount, on its way to the server
		"Engineer Visit.signed_by",
		"Portal Invitation.full_name",
		"Service Request.wished_times",
		"Equipment Loan.reason",
		"Equipment Loan.signed_by",
		"Equipment Loan.unsigned_reason",
		"Equipment Loan Piece.accessories",
		"Equipment Loan Piece.note",
		"Equipment Loan Return.damage",
		"Installed Software.software",
		"Installed Software.version",
		"Installed Software.licence_key",
		"Installed Software.note",
		"Installed Unit.notes",
		"Unit Reading.meter",
		"Unit Reading.note",
		"Coverage Decision.exclusion",
		"Coverage Decision.exclusion_reason",
		"Coverage Decision.answer_note",
		"Coverage Decision Line.override_reason",
		"Service Contract.signed_by",
		"Service Contract.termination_reason",
		"Service Contract.terms",
		"Service Contract Template.terms",
		"Service Contract Use.reason",
		"Part Need.note",
		"Part Need.cancel_reason",
		"Part Reservation.reason",
		"Spare Part.position",
		"Supplier Claim.reason",
		"Supplier Claim.answer",
		"Removed Part.vendor_reference",
		"Removed Part Move.reason",
		"Warranty Exclusion.exclusion",
		"Warranty Policy.terms",
		"Service Survey.comment",
		"Service Calendar.description",
		"Service Calendar Change.reason",
		"Service Level Policy.description",
		"Service Channel.description",
		"Service Request.description",
		"Service Request.solution_plan",
		"Service Request.cause",
		"Service Request.solution",
		"Service Request.resolution",
		"Service Request.prevention",
		"Service Request.vendor_case",
		"Service Request.preferred_channel",
	},
	"a sentence that says why, or what was sent: history, as it was said": {
		"Equipment Loan Entry.reason",
		"Equipment Loan Entry.reached",
		"Takeover Finding.reason",
		"Takeover Run.error",
		"Installed Unit Event.reason",
		"Service Warranty Entry.reason",
		"Service Clock.stale_reason",
		"Service Clock Entry.reason",
		"Service Contract.cases_to_follow",
		"Postponed Work.reason",
		"Postponed Work.error",
		"Service Message.subject",
		"Service Message.body",
		"Service Message.error",
		"Service Request.priority_reason",
		"Service Request.routing_reason",
		"Service Request Move.reason",
		"Service Request Move.tell_error",
	},
	"a word of a list or of a hook": {
		"Engineer Visit.department_queue",
		"Equipment Loan Entry.action",
		"Equipment Loan Entry.from_status",
		"Equipment Loan Entry.to_status",
		"Equipment Loan Entry.whom",
		"Removed Part.department_queue",
		"Removed Part Move.action",
		"Removed Part Move.from_status",
		"Removed Part Move.to_status",
		"Coverage Decision Line.entitlement",
		"Service Survey.department_queue",
		"Service Calendar.time_zone",
		"Service Clock.kind",
		"Service Clock.target_label",
		"Service Clock.warn_at",
		"Service Clock.pauses_for",
		"Service Clock Entry.cause",
		"Service Clock Entry.priority",
		"Service Clock Entry.target_label",
		"Service Clock Entry.whom",
		"Service Clock Entry.action",
		"Service Escalation Step.clock",
		"Service Escalation Step.action",
		"Service Level Target.clock",
		"Service Level Target.warn_at",
		"Postponed Work.work",
		"Service Channel.icon",
		"Service Channel.source_app",
		"Service Request.next_due_kind",
		"Service Request Move.action",
		"Service Request Move.from_status",
		"Service Request Move.to_status",
		"Takeover Run.active_key",
	},
	"an address or a number somebody is reached at": {
		"Service Engineer.phone",
		"Service Survey.contact_email",
		"Service Request.contact_phone",
		"Service Request.contact_email",
		"Service Team.email",
		"Portal Invitation.email",
	},
	"at random": {
		"Coverage Decision.token_hash",
		"Equipment Loan Return.piece",
		"Equipment Loan Return.command",
		"Service Survey.token_hash",
		"Portal Invitation.token_hash",
		"Installed Unit.label_token",
		"Service Message.secret",
		"Fitted Part Entry.voucher_row",
	},
}


def bare(doctype: str, **values: Any) -> Any:
	"""A row of `doctype` with these values and a name, past its rules: what is tested looks at columns alone."""
	doc = frappe.get_doc({"doctype": doctype, **values})
	doc.name = values.get("name") or frappe.generate_hash(length=12)
	doc.flags.name_set = True
	doc.db_insert()
	rows.note_linked(doctype, [values])
	return doc


def holding(entry: StoredName, doctype: str, name: str) -> str:
	"""A value of the field that holds the name of this document."""
	if (entry.doctype, entry.fieldname, doctype) == ("Installed Unit", "source_key", "Item"):
		return f"Delivery Note Item|row|{name}|1"
	if entry.fieldname == "source_key":
		return f"{doctype}|{name}"
	if entry.shape == Shape.LINES:
		return f"SN before\n{name}\nSN behind"
	return f"X|{doctype}|{name}" if entry.shape == Shape.TAIL else name
