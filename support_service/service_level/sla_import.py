"""Takes ERPNext's Service Level Agreements over as policies. May run again: what is here already is never written over.

The agreement's name is kept in `imported_from`, which is unique. A dry run does the very same inside a savepoint and takes
it back, so its report is the one the real run will give.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import frappe
from frappe import _
from frappe.utils import strip_html

from support_service.constants.words import N_
from support_service.service_level.doctype.service_level_policy.service_level_policy import PolicyTieError
from support_service.service_level.policy import sla_rules
from support_service.service_level.policy.sla_rules import Draft

SOURCE = "Service Level Agreement"

CREATED = N_("Created")
DISABLED = N_("Created Disabled")
THERE = N_("Already There")
EDITED = N_("Edited Here")
NOT_CARRIED = N_("Not Carried Over")
READ_AS = N_("Read Differently")
FAILED = N_("Failed")
AGREEMENT = N_("Agreement")


class Row(TypedDict):
	"""One line of the report: the agreement, the part of it, what became of it (both translated where shown), and why."""

	source: str
	what: str
	result: str
	why: str


def agreements() -> list[str]:
	"""Names of all agreements, the oldest first."""
	return frappe.get_all(SOURCE, order_by="creation", pluck="name")


def import_agreements(
	names: Sequence[str] | None = None,
	*,
	dry_run: bool,
	progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
	"""Import the agreements `names` (all of them if None) and say what became of each; a dry run leaves nothing behind."""
	chosen = agreements() if names is None else list(names)
	known = _imported(chosen)
	report: list[Row] = []
	frappe.db.savepoint("sla_import")
	for done, name in enumerate(chosen, 1):
		if name in known:
			report.append(_there(name, known[name]))
		else:
			report += _import_one(name)
		if progress:
			progress(done, len(chosen))
	if dry_run:
		frappe.db.rollback(save_point="sla_import")
	return report


def _import_one(name: str) -> list[Row]:
	"""One agreement, wholly or not at all."""
	agreement = frappe.get_doc(SOURCE, name)
	draft = sla_rules.translate(agreement.as_dict())
	remarks = [
		Row(
			source=name,
			what=what,
			result=READ_AS if why in sla_rules.READ_AS else NOT_CARRIED,
			why=_why(why, value),
		)
		for what, why, value in draft.remarks
	]
	if not draft.importable:
		return remarks
	frappe.db.savepoint("one_agreement")
	try:
		head = _create(agreement, draft)
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point="one_agreement")
		frappe.clear_messages()
		return [Row(source=name, what=AGREEMENT, result=FAILED, why=strip_html(str(error)))]
	return [head, *remarks]


def _create(agreement: Any, draft: Draft) -> Row:
	calendar = _calendar(agreement, draft)
	policy = frappe.get_doc(
		{
			"doctype": "Service Level Policy",
			"policy_name": _free_name("Service Level Policy", agreement.service_level, agreement.name),
			"calendar": calendar,
			"imported_from": agreement.name,
			"targets": draft.targets,
			**draft.fields,
		}
	)
	row = Row(source=agreement.name, what=AGREEMENT, result=CREATED, why=policy.policy_name)
	if not policy.enabled:
		row["result"] = DISABLED
	frappe.db.savepoint("enabled_policy")
	try:
		policy.insert()
	except PolicyTieError as error:
		frappe.db.rollback(save_point="enabled_policy")
		frappe.clear_messages()
		policy.enabled = 0
		policy.insert()
		row.update(result=DISABLED, why=f"{policy.policy_name}: {strip_html(str(error))}")
	return row


def _calendar(agreement: Any, draft: Draft) -> str:
	"""A calendar with exactly these hours and holidays: one that is there, else a new one."""
	zone = frappe.utils.get_system_timezone()
	candidates = frappe.get_all(
		"Service Calendar",
		filters={"holiday_list": agreement.holiday_list, "time_zone": zone, "disabled": 0},
		pluck="name",
		order_by="creation",
	)
	for name in candidates:
		doc = frappe.get_cached_doc("Service Calendar", name)
		if not doc.breaks and not doc.changes and _hours(doc.windows) == _hours(draft.windows):
			return name
	calendar = frappe.get_doc(
		{
			"doctype": "Service Calendar",
			"calendar_name": _free_name("Service Calendar", agreement.service_level, agreement.name),
			"time_zone": zone,
			"holiday_list": agreement.holiday_list,
			"windows": draft.windows,
		}
	)
	return calendar.insert().name


def _hours(windows: Sequence[Any]) -> set[tuple[str, str, str]]:
	return {
		(row.get("day"), sla_rules.clock_time(row.get("from_time")), sla_rules.clock_time(row.get("to_time")))
		for row in windows
	}


def _free_name(doctype: str, *wishes: str) -> str:
	"""The first of `wishes` that no document has, else the last with a number."""
	taken = set(frappe.get_all(doctype, filters={"name": ["like", f"{wishes[-1]}%"]}, pluck="name"))
	taken.update(frappe.get_all(doctype, filters={"name": ["in", wishes]}, pluck="name"))
	numbered = (f"{wishes[-1]} {number}" for number in range(2, len(taken) + 3))
	return next(name for name in (*wishes, *numbered) if name not in taken)


def _imported(names: Sequence[str]) -> dict[str, Any]:
	rows = frappe.get_all(
		"Service Level Policy",
		filters={"imported_from": ["in", list(names)]},
		fields=["name", "imported_from", "creation", "modified"],
	)
	return {row.imported_from: row for row in rows}


def _there(source: str, policy: Any) -> Row:
	edited = policy.modified != policy.creation
	why = (
		_("{0} was changed here after it was imported, and stays as it is.")
		if edited
		else _("{0} was imported before. To import the agreement anew, delete the policy first.")
	)
	return Row(source=source, what=AGREEMENT, result=EDITED if edited else THERE, why=why.format(policy.name))


def _why(reason: str, value: str) -> str:
	"""A remark of the rules in the user's language."""
	sentences = {
		sla_rules.NOT_AN_ISSUE: _("It applies to {0}; policies are for service requests."),
		sla_rules.CONDITION: _(
			"The condition {0} is code. The policy comes disabled: say the same with the fields of its scope, then "
			"enable it."
		),
		sla_rules.UNKNOWN_PRIORITY: _(
			"None of our priorities is called {0}. Add a row for the priority you mean."
		),
		sla_rules.PRIORITY_TWICE: _("{0} means a priority that another row of the agreement already sets."),
		sla_rules.PRIORITY_WITHOUT_PROMISE: _(
			"The agreement says nothing for {0}: such cases have no promise from this policy until you add one."
		),
		sla_rules.NOT_A_WAIT: _("Clocks do not pause in status {0}: it is not a wait for the customer."),
		sla_rules.UNTIL_MIDNIGHT: _(
			"Hours that end at 23:59 go on until midnight here, which is what they mean: {0}."
		),
		sla_rules.ONLY_RESOLVED: _("Repair Complete stops when the case is resolved, not in status {0}."),
	}
	if reason == sla_rules.UNTIL_MIDNIGHT:
		value = ", ".join(_(day) for day in value.split(", "))
	return sentences[reason].format(value)
