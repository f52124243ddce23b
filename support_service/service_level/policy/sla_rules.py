"""What of an ERPNext Service Level Agreement our policies can say, and what they cannot. Frappe-free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from support_service.service_level.calendar.week import means_midnight

ISSUE = "Issue"
# parts of an agreement, by the labels of ERPNext's form
APPLY_ON = "Apply On"
CONDITION_FIELD = "Condition"
PRIORITY = "Priority"
PAUSED_ON = "SLA Paused On"
FULFILLED_ON = "SLA Fulfilled On"
WORKING_HOURS = "Working Hours"
SCOPE_OF_ENTITY = {"Customer": "customer", "Customer Group": "customer_group", "Territory": "territory"}

# ERPNext's priorities are free text; these are the words people use.
PRIORITY_WORDS = {
	"Critical": ("critical", "urgent", "emergency", "highest", "紧急", "特急", "严重"),
	"High": ("high", "major", "高", "重要"),
	"Medium": ("medium", "normal", "moderate", "中", "普通", "一般"),
	"Low": ("low", "minor", "lowest", "低"),
}
# Statuses of an Issue in which it is not our turn.
WAITING_WORDS = ("replied", "hold", "wait", "pending", "等待", "暂停", "挂起", "已回复")
OVER = ("Resolved", "Closed")

# why something is not carried over, or only in part; translated where shown
NOT_AN_ISSUE = "not_an_issue"
CONDITION = "condition"
UNKNOWN_PRIORITY = "unknown_priority"
PRIORITY_TWICE = "priority_twice"
PRIORITY_WITHOUT_PROMISE = "priority_without_promise"
NOT_A_WAIT = "not_a_wait"
ONLY_RESOLVED = "only_resolved"
# said of what is carried over, but read as something else than it says
UNTIL_MIDNIGHT = "until_midnight"
READ_AS = (UNTIL_MIDNIGHT,)

MIDNIGHT = "00:00:00"


@dataclass(slots=True)
class Draft:
	"""Fields of a policy, windows of its calendar, and remarks: (what, why, value)."""

	fields: dict[str, Any] = field(default_factory=dict)
	targets: list[dict[str, Any]] = field(default_factory=list)
	windows: list[dict[str, str]] = field(default_factory=list)
	remarks: list[tuple[str, str, str]] = field(default_factory=list)
	importable: bool = True


def translate(agreement: Mapping[str, Any]) -> Draft:
	"""A stored agreement with its child rows as a policy that promises the same.

	A condition is Python code and has no counterpart; without it the policy would hold for too many cases, so it comes
	disabled.
	"""
	draft = Draft()
	if agreement["document_type"] != ISSUE:
		draft.importable = False
		draft.remarks.append((APPLY_ON, NOT_AN_ISSUE, agreement["document_type"]))
		return draft
	conditional = bool((agreement.get("condition") or "").strip())
	if conditional:
		draft.remarks.append((CONDITION_FIELD, CONDITION, agreement["condition"].strip()))
	draft.fields = {
		"enabled": int(bool(agreement.get("enabled")) and not conditional),
		"valid_from": agreement.get("start_date"),
		"valid_to": agreement.get("end_date"),
		**_scope(agreement),
	}
	draft.windows = _windows(agreement["support_and_resolution"], draft)
	draft.targets = _targets(agreement, _waits(agreement, draft), draft)
	done = [row["status"] for row in agreement.get("sla_fulfilled_on") or ()]
	draft.remarks += [(FULFILLED_ON, ONLY_RESOLVED, status) for status in done if status not in OVER]
	return draft


def our_priority(name: str) -> str | None:
	"""Our priority for the name of an ERPNext Issue Priority, None where no word of it is known."""
	word = name.strip().lower()
	return next((ours for ours, words in PRIORITY_WORDS.items() if word in words), None)


def is_wait(status: str) -> bool:
	"""Whether a paused status sounds like waiting for the customer."""
	return any(word in status.lower() for word in WAITING_WORDS)


def duration(seconds: float) -> tuple[float, str]:
	"""Seconds as a target with its unit: whole hours where they are whole, else minutes."""
	return (seconds / 3600, "Hours") if seconds % 3600 == 0 else (seconds / 60, "Minutes")


def clock_time(value: Any) -> str:
	"""A time of day, as ERPNext hands it out ("9:00:00", a timedelta, a time), as "09:00:00"."""
	hours, minutes, seconds = str(value).split(".")[0].split(":")
	return f"{int(hours):02}:{minutes}:{seconds}"


def _windows(rows: Iterable[Mapping[str, Any]], draft: Draft) -> list[dict[str, str]]:
	"""ERPNext refuses 00:00 as an end: who wants a day to its end writes 23:59, and means midnight."""
	windows, to_the_end = [], []
	for row in rows:
		start, until = clock_time(row["start_time"]), clock_time(row["end_time"])
		hours, minutes, seconds = map(int, until.split(":"))
		if means_midnight(hours * 3600 + minutes * 60 + seconds):
			to_the_end.append(row["workday"])
			until = MIDNIGHT
		windows.append({"day": row["workday"], "from_time": start, "to_time": until})
	if to_the_end:
		draft.remarks.append((WORKING_HOURS, UNTIL_MIDNIGHT, ", ".join(to_the_end)))
	return windows


def _scope(agreement: Mapping[str, Any]) -> dict[str, str]:
	if agreement.get("default_service_level_agreement") or not agreement.get("entity"):
		return {}
	return {SCOPE_OF_ENTITY[agreement["entity_type"]]: agreement["entity"]}


def _waits(agreement: Mapping[str, Any], draft: Draft) -> bool:
	statuses = [row["status"] for row in agreement.get("pause_sla_on") or ()]
	draft.remarks += [(PAUSED_ON, NOT_A_WAIT, status) for status in statuses if not is_wait(status)]
	return any(map(is_wait, statuses))


def _targets(agreement: Mapping[str, Any], waits: bool, draft: Draft) -> list[dict[str, Any]]:
	chosen = _by_our_priority(agreement["priorities"], draft)
	resolution = agreement.get("apply_sla_for_resolution")
	targets = []
	for clock, column in (("First Response", "response_time"), ("Repair Complete", "resolution_time")):
		if column == "resolution_time" and not resolution:
			continue
		for priority, row in chosen.items():
			if not (seconds := float(row.get(column) or 0)):
				continue
			value, unit = duration(seconds)
			targets.append(
				{
					"clock": clock,
					"priority": priority,
					"target": value,
					"unit": unit,
					"pauses_for_customer": int(waits),
				}
			)
	return targets


def _by_our_priority(rows: Iterable[Mapping[str, Any]], draft: Draft) -> dict[str, Mapping[str, Any]]:
	chosen: dict[str, Mapping[str, Any]] = {}
	# a priority of exactly our name comes first, so that "Critical" is not taken from it by "Urgent"
	ordered: Sequence[Mapping[str, Any]] = sorted(rows, key=lambda row: row["priority"] not in PRIORITY_WORDS)
	for row in ordered:
		priority = our_priority(row["priority"])
		if priority is None:
			draft.remarks.append((PRIORITY, UNKNOWN_PRIORITY, row["priority"]))
		elif priority in chosen:
			draft.remarks.append((PRIORITY, PRIORITY_TWICE, row["priority"]))
		else:
			chosen[priority] = row
	draft.remarks += [
		(PRIORITY, PRIORITY_WITHOUT_PROMISE, priority)
		for priority in PRIORITY_WORDS
		if priority not in chosen
	]
	return {priority: chosen[priority] for priority in PRIORITY_WORDS if priority in chosen}
