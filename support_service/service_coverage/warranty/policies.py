"""The stored warranty policies, kept by each process; `policy_rules.py` chooses among them.

A query says whether any policy has changed since they were read, and then they are read again. So nothing needs to be
invalidated, and a change holds for every worker from its commit on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate, now
from pypika.terms import PseudoColumn

from support_service.foundation.names.stored_names import Rename
from support_service.service_coverage.vocabulary import Exclusion, Kind
from support_service.service_coverage.warranty import policy_rules
from support_service.service_coverage.warranty.policy_rules import (
	DIMENSIONS,
	PartRule,
	Policy,
	Resale,
	StartsAt,
)

DOCTYPE, EXCLUSION = "Warranty Policy", "Warranty Exclusion"
# kind of line → what its columns end with
COLUMNS = {Kind.PART: "parts", Kind.LABOUR: "labour", Kind.TRAVEL: "travel"}
KINDS = {"Parts": Kind.PART, "Labour": Kind.LABOUR, "Travel": Kind.TRAVEL}
FIELDS = (
	"name",
	"enabled",
	"valid_from",
	"valid_to",
	"starts_at",
	"start_after_days",
	"part_rule",
	"part_months",
	"resale",
	"cost_center",
	*DIMENSIONS,
	*(f"{what}_{column}" for what in ("months", "share") for column in COLUMNS.values()),
)


@dataclass(frozen=True)
class PolicySet:
	"""All policies by name, also disabled ones, whose warranties still run; with their exclusions and cost centres."""

	stamp: str
	by_name: Mapping[str, Policy]
	exclusions: Mapping[str, tuple[Exclusion, ...]]
	cost_centers: Mapping[str, str | None]

	def choose(self, facts: policy_rules.Facts, day: date) -> Policy | None:
		"""The policy for a unit with `facts` on `day`; items come with their templates, groups with their ancestors."""
		return policy_rules.best(self.by_name.values(), facts, day)


_policy_sets: dict[str, PolicySet] = {}  # site → as read last


# SQL of a text that changes with every change of a policy. A sum over all rows, not the latest `modified`: of two saves the
# one that began earlier may be committed later.
_SUM = "concat(count(*), '|', coalesce(sum(crc32(concat_ws('|', policy.name, policy.modified))), 0))"
# the same as a column of another statement
STAMP = f"(select {_SUM} from `tabWarranty Policy` policy)"  # noqa: S608 - names are ours


def policy_set(stamp: str | None = None) -> PolicySet:
	"""All policies as they are stored now. stamp: what STAMP gave in this transaction, where it was read already."""
	if stamp is None:
		policy = frappe.qb.DocType(DOCTYPE).as_("policy")
		stamp = frappe.qb.from_(policy).select(PseudoColumn(_SUM)).run()[0][0]
	known = _policy_sets.get(frappe.local.site)
	if not known or known.stamp != stamp:
		known = _policy_sets[frappe.local.site] = _read(stamp)
	return known


def with_ancestors(groups: Iterable[str | None]) -> dict[str, tuple[str, ...]]:
	"""Item group → its path from the root down to itself, for many groups in one query."""
	names = {group for group in groups if group}
	if not names:
		return {}
	tree, below = frappe.qb.DocType("Item Group"), frappe.qb.DocType("Item Group").as_("below")
	found: dict[str, list[str]] = {name: [] for name in names}
	for group, ancestor in (
		frappe.qb.from_(tree)
		.join(below)
		.on((tree.lft <= below.lft) & (tree.rgt >= below.rgt))
		.where(below.name.isin(sorted(names)))
		.orderby(tree.lft)
		.select(below.name, tree.name)
		.run()
	):
		found[group].append(ancestor)
	return {group: tuple(path) for group, path in found.items()}


def as_policy(row: Any) -> Policy:
	"""A stored row or document as a rule; dates may be text."""
	return Policy(
		name=row.get("name") or "",
		scope={dimension: row.get(dimension) for dimension in DIMENSIONS if row.get(dimension)},
		starts_at=StartsAt(row.get("starts_at") or StartsAt.DELIVERY),
		start_after_days=cint(row.get("start_after_days")),
		months={kind: cint(row.get(f"months_{column}")) for kind, column in COLUMNS.items()},
		shares={kind: flt(row.get(f"share_{column}")) for kind, column in COLUMNS.items()},
		part_rule=PartRule(row.get("part_rule") or PartRule.LONGER),
		part_months=cint(row.get("part_months")),
		resale=Resale(row.get("resale") or Resale.CREDITED),
		valid_from=getdate(row.get("valid_from")) if row.get("valid_from") else None,
		valid_to=getdate(row.get("valid_to")) if row.get("valid_to") else None,
		enabled=bool(cint(row.get("enabled"))),
	)


def follow_rename(rename: Rename, doc: Document) -> None:
	"""Write `scope_summary` anew, which holds names of records: Frappe renames in links only."""
	for df in frappe.get_meta(DOCTYPE).get_link_fields():
		if df.options != rename.doctype or df.fieldname not in DIMENSIONS:
			continue
		for name in frappe.get_all(DOCTYPE, filters={df.fieldname: rename.new}, pluck="name"):
			policy = frappe.get_doc(DOCTYPE, name)
			policy.db_set("scope_summary", policy.scope_in_words())


def touch(rename: Rename, doc: Document) -> None:
	"""Touch `modified` of policies that name a renamed document, by which every process reads them again."""
	names: set[str] = set()
	for doctype in (DOCTYPE, EXCLUSION):
		parent = "name" if doctype == DOCTYPE else "parent"
		for df in frappe.get_meta(doctype).get("fields", {"fieldtype": "Link", "options": rename.doctype}):
			names.update(frappe.get_all(doctype, filters={df.fieldname: rename.new}, pluck=parent))
	for name in sorted(names):
		frappe.db.set_value(DOCTYPE, name, "modified", now(), update_modified=False)


def _read(stamp: str) -> PolicySet:
	stored = frappe.get_all(DOCTYPE, fields=list(FIELDS))
	exclusions: dict[str, list[Exclusion]] = defaultdict(list)
	for row in frappe.get_all(
		EXCLUSION,
		filters={"parenttype": DOCTYPE},
		fields=["parent", "exclusion", "applies_to", "item_group"],
		order_by="idx",
	):
		exclusions[row.parent].append(Exclusion(row.exclusion, KINDS.get(row.applies_to), row.item_group))
	return PolicySet(
		stamp,
		{row.name: as_policy(row) for row in stored},
		{name: tuple(found) for name, found in exclusions.items()},
		{row.name: row.cost_center for row in stored},
	)
