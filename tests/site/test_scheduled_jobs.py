"""Frappe names a scheduled job after the last two parts of its path, so that of two with one name the later replaces the other."""

from collections.abc import Iterator
from typing import Any

import frappe

from support_service import hooks


def paths(events: Any) -> Iterator[str]:
	if isinstance(events, str):
		yield events
		return
	for one in events.values() if isinstance(events, dict) else events:
		yield from paths(one)


def test_each_job_of_the_hooks_is_scheduled_under_a_name_of_its_own(site):
	ours = list(paths(hooks.scheduler_events))
	everybody = list(paths(frappe.get_hooks("scheduler_events")))
	names = {path: ".".join(path.split(".")[-2:]) for path in everybody}
	shared = [path for path in ours if sum(name == names[path] for name in names.values()) > 1]
	assert not shared
	scheduled = set(frappe.get_all("Scheduled Job Type", {"stopped": 0}, pluck="method"))
	assert not set(ours) - scheduled
