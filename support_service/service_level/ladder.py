"""The escalation ladder of a policy, as rules understand it."""

from __future__ import annotations

import frappe

from support_service.service_level.clock_rules import Step


def steps_of(policy: str | None, kind: str) -> tuple[Step, ...]:
	"""The rungs of `policy` for clocks of `kind`; none where the policy is gone."""
	if not policy:
		return ()
	try:
		rows = frappe.get_cached_doc("Service Level Policy", policy).ladder
	except frappe.DoesNotExistError:
		frappe.clear_last_message()  # deleted past every check: what was promised runs on, nobody is told
		return ()
	steps = (
		Step(row.point, row.value, row.whom, row.action, row.role or "")
		for row in rows
		if not row.clock or row.clock == kind
	)
	# a rung for every clock and the same one for this clock are one rung
	return tuple({step.key: step for step in steps}.values())
