"""The registry of clock kinds: ours and other apps', by the hook key `support_service_clock_kinds`.

A value is a dotted path to a ClockKind, a list of them, or a function that returns either.
"""

from __future__ import annotations

from collections.abc import Iterable

import frappe

from support_service.service_level.clock.kinds import ClockKind

HOOK = "support_service_clock_kinds"


def registered() -> dict[str, ClockKind]:
	"""Kind by name, over all installed apps; a later app replaces an earlier one's kind of the same name."""
	found: dict[str, ClockKind] | None = getattr(frappe.local, "support_service_clock_kinds", None)
	if found is None:
		found = {kind.name: kind for path in frappe.get_hooks(HOOK) for kind in _offered(path)}
		frappe.local.support_service_clock_kinds = found
	return found


def _offered(path: str) -> Iterable[ClockKind]:
	offer = frappe.get_attr(path)
	if callable(offer):
		offer = offer()
	return [offer] if isinstance(offer, ClockKind) else offer
