"""The escalation steps of a policy (its table `ladder`), as the rules take them, and the key that identifies each step.

The ledger of clocks keeps the key: a step under whose key people were notified does not notify them again. The key is made
of what the step says and stored with it, so that it stays the same when a name in it changes: a role that is renamed was
notified all the same. A step that somebody changes to say something else is another step with a key of its own; moving it
to another row changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.utils import flt

from support_service.service_level.clock.rules import KEY_LENGTH, Step

STEP = "Service Escalation Step"
SAID = ("point", "value", "whom", "action", "role", "robot")


def steps_of(policy: str | None, kind: str) -> tuple[Step, ...]:
	"""The escalation steps of `policy` for clocks of `kind`; none where the policy is gone."""
	if not policy:
		return ()
	try:
		rows = frappe.get_cached_doc("Service Level Policy", policy).ladder
	except frappe.DoesNotExistError:
		frappe.clear_last_message()  # deleted past every check: what was promised runs on, nobody is notified
		return ()
	steps = (step_of(row) for row in rows if not row.clock or row.clock == kind)
	# a step for every clock and the same one for this clock are one step
	return tuple({step.key: step for step in steps}.values())


def step_of(row: Any) -> Step:
	"""A stored step, row or document, as the rules take it."""
	return Step(
		row.point,
		flt(row.value),
		row.whom,
		row.action,
		row.role or "",
		known_as=row.get("step_key") or "",
		robot=row.get("robot") or "",
	)


def give_keys(rows: Iterable[Any]) -> None:
	"""Set `step_key` on rows that are about to be stored: that of a stored step which says the same, else a new one."""
	for row in rows:
		row.step_key = _known_key(row) or _new_key(row)


def _known_key(row: Any) -> str | None:
	"""The key of a stored step that says the same as `row`: of the row itself first, as two roles may have been merged."""
	said = {name: row.get(name) or "" for name in SAID if name != "value"}
	keys = frappe.get_all(
		STEP,
		filters={
			"point": said["point"],
			"whom": said["whom"],
			"action": said["action"],
			"step_key": ("is", "set"),
		},
		fields=["name", "value", "role", "robot", "step_key"],
		order_by="creation, name",
	)
	same = [
		key
		for key in keys
		if key.value == flt(row.value) and (key.role or "", key.robot or "") == (said["role"], said["robot"])
	]
	return next((key.step_key for key in sorted(same, key=lambda key: key.name != row.name)), None)


def _new_key(row: Any) -> str:
	key = step_of(frappe._dict(row.as_dict(), step_key=None)).key
	if not frappe.db.exists(STEP, {"step_key": key}):
		return key
	# another step has this key: it was made when its role had the name that is this role's now
	mark = f"|{frappe.generate_hash(length=8)}"
	return key[: KEY_LENGTH - len(mark)] + mark
