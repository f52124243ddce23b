"""Which service level policy holds for a case, and what it promises.

`rules` decides; this module gives it what is stored. Policies and the current versions of their calendars are kept
in the process and read again when one query says that any of them changed: there is nothing to invalidate, and a change
holds for every worker from its commit on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import frappe
from frappe import _

from support_service.foundation import packed
from support_service.service_level.calendar import calendars
from support_service.service_level.calendar.durations import target_label, target_seconds
from support_service.service_level.policy import scope_facts
from support_service.service_level.policy.rules import (
	DIMENSIONS,
	TREES,
	WAITS,
	Policy,
	PolicyIndex,
	Target,
	best,
	holds_on,
	parse_warn_at,
	targets_for,
)
from support_service.service_level.policy.terms import Terms

Stamp = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CalendarNow:
	"""What a promise needs of a calendar: its content of today and the length of its working day in hours."""

	version: str
	hours_per_day: float


@dataclass(frozen=True)
class PolicySet:
	"""All policies, the disabled ones too: what they promised still runs."""

	stamp: Stamp
	policies: Mapping[str, Policy]
	calendars: Mapping[str, CalendarNow]

	@cached_property
	def in_use(self) -> PolicyIndex:
		return PolicyIndex(
			policy for policy in self.policies.values() if policy.enabled and not policy.only_by_contract
		)

	def agreed(self, name: str | None, day: date) -> Policy | None:
		"""The policy a contract names, while it is in use."""
		policy = self.policies.get(name) if name else None
		return policy if policy and holds_on(policy, day) else None


_policy_sets: dict[str, PolicySet] = {}  # by site

# What is different after any change of a policy or calendar, as text, for every new case asks it. A sum over all rows, not the
# latest `modified`: of two saves the one that began earlier may be committed later.
STAMP = packed.Packed(
	{
		"policies": "(select concat_ws('|', count(*), sum(crc32(concat_ws('|', name, modified)))) from `tabService Level Policy`)",
		"calendars": "(select concat_ws('|', count(*), sum(crc32(concat_ws('|', name, version, hours_per_day))))"
		" from `tabService Calendar`)",
	},
	rest="",
)


def choose(facts: Mapping[str, Any], on: date | None = None, *, among: PolicySet | None = None) -> str | None:
	"""Name of the policy for a case with `facts` on the day `on` (the site's today), None where none fits.

	facts: any of `rules.DIMENSIONS` → value; item, groups and territory as they stand on the case, what is above
	them is looked up here. Contracts in force are those of the customer unless given. `agreed_policy`: what a service contract
	names for this case; it holds whatever the scopes say, as long as it is enabled and valid. among: what `stored` gave in
	this transaction.
	"""
	day = on or frappe.utils.getdate()
	policy_set = among or stored()
	if agreed := policy_set.agreed(facts.get("agreed_policy"), day):
		return agreed.name
	known = dict(facts)
	for dimension in policy_set.in_use.dimensions & TREES:
		known[dimension] = scope_facts.with_ancestors(dimension, facts.get(dimension))
	if "contract" in policy_set.in_use.dimensions and facts.get("customer") and not facts.get("contract"):
		known["contract"] = scope_facts.contracts_in_force(facts["customer"], day)
	found = best(policy_set.in_use.candidates(known), known, day)
	return found.name if found else None


def terms(
	policy: str, priority: str | None, agreed_calendar: str | None = None, *, among: PolicySet | None = None
) -> list[Terms]:
	"""What `policy` promises a case of `priority`, one per clock. Raises frappe.DoesNotExistError for an unknown policy.

	agreed_calendar: counts instead of the policy's own for promises that name none; a deleted one is as none. among: what
	`stored` gave in this transaction.
	"""
	policy_set = among or stored()
	if policy not in policy_set.policies:
		frappe.throw(_("Service Level Policy {0} does not exist.").format(policy), frappe.DoesNotExistError)
	promised = targets_for(policy_set.policies[policy].targets, priority)
	if agreed_calendar in policy_set.calendars:
		promised = [one if one.own_calendar else replace(one, calendar=agreed_calendar) for one in promised]
	return [_terms(policy, target, policy_set.calendars[target.calendar]) for target in promised]


def hours_per_day(names: Iterable[str]) -> dict[str, float]:
	"""Calendar name → hours in a working day, for the calendars `names`."""
	known = stored().calendars
	return {name: known[name].hours_per_day if name in known else 0.0 for name in names}


def _terms(policy: str, target: Target, calendar: CalendarNow) -> Terms:
	return Terms(
		kind=target.clock,
		target=target_seconds(target.value, target.unit, calendar.hours_per_day),
		target_label=target_label(target.value, target.unit),
		calendar=target.calendar,
		calendar_version=calendar.version or calendars.current_version(target.calendar),
		warn_at=target.warn_at,
		pauses_for=target.pauses_for,
		policy=policy,
	)


def stored(stamp: Stamp | None = None) -> PolicySet:
	"""All policies and calendars as they are stored now. stamp: the row of STAMP, where this transaction has read it already."""
	if stamp is None:
		[[stamp]] = packed.read(STAMP, values={})
	policy_set = _policy_sets.get(frappe.local.site)
	if not policy_set or policy_set.stamp != stamp:
		policy_set = _policy_sets[frappe.local.site] = PolicySet(stamp, _read_policies(), _read_calendars())
	return policy_set


def _read_calendars() -> dict[str, CalendarNow]:
	rows = frappe.get_all("Service Calendar", fields=["name", "version", "hours_per_day"])
	return {row.name: CalendarNow(row.version or "", row.hours_per_day or 0.0) for row in rows}


def _read_policies() -> dict[str, Policy]:
	rows = frappe.get_all(
		"Service Level Policy",
		fields=["name", "calendar", "enabled", "only_by_contract", "valid_from", "valid_to", *DIMENSIONS],
	)
	of_policy = defaultdict(list)
	for row in frappe.get_all(
		"Service Level Target",
		filters={"parenttype": "Service Level Policy"},
		fields=["parent", "clock", "priority", "target", "unit", "calendar", "warn_at", *WAITS],
		order_by="idx",
	):
		of_policy[row.parent].append(row)
	return {
		row.name: as_policy(row, [as_target(target, row.calendar) for target in of_policy[row.name]])
		for row in rows
	}


def as_policy(row: Any, targets: list[Target] | None = None) -> Policy:
	"""A stored row or document as a rule; dates may be text."""
	return Policy(
		name=row.get("name") or "",
		scope={dimension: row.get(dimension) for dimension in DIMENSIONS if row.get(dimension)},
		valid_from=frappe.utils.getdate(row.get("valid_from")) if row.get("valid_from") else None,
		valid_to=frappe.utils.getdate(row.get("valid_to")) if row.get("valid_to") else None,
		enabled=bool(frappe.utils.cint(row.get("enabled"))),
		targets=tuple(targets or ()),
		only_by_contract=bool(frappe.utils.cint(row.get("only_by_contract"))),
	)


def as_target(row: Any, calendar: str) -> Target:
	"""A row of promises as a rule; `calendar` is the policy's, for rows without one of their own."""
	return Target(
		clock=row.get("clock"),
		priority=row.get("priority") or None,
		value=frappe.utils.flt(row.get("target")),
		unit=row.get("unit"),
		calendar=row.get("calendar") or calendar,
		own_calendar=bool(row.get("calendar")),
		warn_at=parse_warn_at(row.get("warn_at")),
		pauses_for=tuple(status for field, status in WAITS.items() if frappe.utils.cint(row.get(field))),
	)
