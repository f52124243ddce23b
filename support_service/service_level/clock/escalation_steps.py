"""The escalation ladder of a policy, as rules understand it, and the keys by which its rungs are known.

A rung's key stands in the ledger of clocks: what was told under it is not told again. It is made of what the rung says,
and stored with it, so that it outlives the names it is made of: a role that is renamed (Frappe renames it in the row)
has been told all the same. A rung that somebody changes to say something else is another one, with a key of its own;
moving it, or what stands around it, changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.utils import flt

from support_service.service_level.clock.rules import KEY_LENGTH, Step

STEP = "Service Escalation Step"
SAID = ("point", "value", "whom", "action", "role")


def steps_of(policy: str | None, kind: str) -> tuple[Step, ...]:
	"""The rungs of `policy` for clocks of `kind`; none where the policy is gone."""
	if not policy:
		return ()
	try:
		rows = frappe.get_cached_doc("Service Level Policy", policy).ladder
	except frappe.DoesNotExistError:
		frappe.clear_last_message()  # deleted past every check: what was promised runs on, nobody is told
		return ()
	steps = (step_of(row) for row in rows if not row.clock or row.clock == kind)
	# a rung for every clock and the same one for this clock are one rung
	return tuple({step.key: step for step in steps}.values())


def step_of(row: Any) -> Step:
	"""A stored rung, row or document."""
	return Step(
		row.point, flt(row.value), row.whom, row.action, row.role or "", known_as=row.get("step_key") or ""
	)


def give_keys(rows: Iterable[Any]) -> None:
	"""Put on each rung that is to be stored the key it is known by: that of a stored rung which says the same, if any."""
	for row in rows:
		row.step_key = _known_key(row) or _new_key(row)


def _known_key(row: Any) -> str | None:
	"""The same row counts first: two that were told apart may say the same since their roles were merged."""
	said = {name: row.get(name) or "" for name in SAID if name != "value"}
	keys = frappe.get_all(
		STEP,
		filters={
			"point": said["point"],
			"whom": said["whom"],
			"action": said["action"],
			"step_key": ("is", "set"),
		},
		fields=["name", "value", "role", "step_key"],
		order_by="creation, name",
	)
	same = [key for key in keys if key.value == flt(row.value) and (key.role or "") == said["role"]]
	return next((key.step_key for key in sorted(same, key=lambda key: key.name != row.name)), None)


def _new_key(row: Any) -> str:
	key = step_of(frappe._dict(row.as_dict(), step_key=None)).key
	if not frappe.db.exists(STEP, {"step_key": key}):
		return key
	# a rung that said this when its role had the name which is now another's
	mark = f"|{frappe.generate_hash(length=8)}"
	return key[: KEY_LENGTH - len(mark)] + mark
