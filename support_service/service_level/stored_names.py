"""Names of other documents in policies, calendars and clocks; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import CachedName, How, StoredName
from support_service.service_level.policy import scope_facts

CALENDAR, VERSION = "Service Calendar", "Service Calendar Version"
POLICY, CLOCK, ENTRY = "Service Level Policy", "Service Clock", "Service Clock Entry"
TREES = tuple(scope_facts.TREE_DOCTYPES.values())

STORED = (
	StoredName(
		POLICY,
		"scope_summary",
		(*TREES, "Contract", "Installed Unit", "Item", "Brand", "Customer", "Company"),
		"Written anew from the links, which Frappe has renamed.",
		how=How.REBUILT,
		follow=scope_facts.follow_rename,
	),
	StoredName(
		POLICY,
		"imported_from",
		("Service Level Agreement",),
		"An agreement imported again changes the policy it became.",
		again="An agreement is named by what it is for, not numbered.",
	),
	StoredName(
		VERSION,
		"content",
		(CALENDAR,),
		"A version never changes: the calendar writes its next one when it is renamed, and is used from then on.",
		how=How.REBUILT,
	),
	*(
		StoredName(
			doctype,
			"calendar_version",
			(VERSION,),
			"Versions are named by their content, and their ledger refuses to be changed.",
			how=How.KEEPS,
		)
		for doctype in (CLOCK, ENTRY)
	),
	StoredName(
		ENTRY,
		"calendar",
		(CALENDAR,),
		"Says by which calendar a promise was counted; such a calendar is not deleted.",
		again="Such a calendar is not deleted.",
	),
	StoredName(
		ENTRY,
		"role",
		("Role",),
		"A step that is still to be carried out notifies the role under its present name.",
		only={"told": 0},
		again="A role is known by its name: whoever has a role of that name is notified.",
	),
	StoredName(
		ENTRY,
		"robot",
		("Service Robot",),
		"A step that is still to be carried out is written into the chat under its present name.",
		only={"told": 0},
	),
	StoredName(ENTRY, "entry_key", ("Service Request",), "A request keeps its number.", how=How.LASTING),
	StoredName(
		ENTRY,
		"told_to",
		("User", "Service Robot"),
		"Who was notified, by the addresses and names used then.",
		how=How.KEEPS,
	),
	*(
		StoredName(
			doctype,
			fieldname,
			("Role", "Service Robot"),
			"The key of an escalation step is made once and outlives the names it is made of; see clock/escalation_steps.py.",
			how=How.KEEPS,
		)
		for doctype, fieldname in (
			("Service Escalation Step", "step_key"),
			(CLOCK, "steps_taken"),
			(ENTRY, "step"),
		)
	),
	CachedName(
		"support_service.service_level.policy.scope_facts",
		TREES,
		"The ancestors of a group are kept for some minutes, and forgotten when any of the trees changes.",
		follow=scope_facts.forget_renamed,
	),
	CachedName(
		"support_service.service_level.policy.policies",
		(),
		"Kept until a policy or calendar changes its name or `modified`, which the summary of its scope sees to.",
	),
	CachedName(
		"support_service.service_level.calendar.calendars", (), "By version, which is named by its content."
	),
	CachedName("support_service.service_level.calendar.wall_clock", (), "Time zones."),
)
