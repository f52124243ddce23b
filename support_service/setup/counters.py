"""Counters of naming series (`tabSeries`): ours are removed with the app, those that others use stay.

A counter is a prefix and a number; it does not say which DocType uses it. Ours are found by the naming templates of our
DocTypes, including those an admin has added. A prefix is shared if a DocType that stays has a template which may use it, or
a document whose name begins with it: another app's code may name its documents as it likes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import frappe

from support_service.setup import names

WIDTHS = names.WIDTHS


def our_templates() -> list[str]:
	"""Every naming template of our DocTypes on this site; to be read before they are deleted."""
	added: set[str] = set()
	for doctype in names.doctypes():
		added |= set(_templates_of(doctype))
	return sorted(names.series_templates() | added)


def remove_ours(templates: Iterable[str]) -> list[str]:
	"""Delete the counters of `templates` that nobody else uses; returns their prefixes. Our DocTypes are gone already."""
	series = frappe.qb.DocType("Series")
	present = frappe.qb.from_(series).select(series.name).run(pluck=True)
	ours = [pattern for pattern in map(names.series_pattern, templates) if pattern]
	counters = [name for name in present if any(re.match(pattern, name) for pattern in ours)]
	if not counters:
		return []
	stored = _stored_doctypes()
	# a template that begins with a field may give any prefix; its documents show which
	others = [
		_any_pattern(template)
		for doctype in stored
		for template in _templates_of(doctype)
		if template[0] not in ".{"
	]
	removed = [name for name in counters if not _is_shared(name, others, stored)]
	if removed:
		frappe.qb.from_(series).delete().where(series.name.isin(removed)).run()
	return removed


def _any_pattern(template: str) -> str:
	"""As `names.series_pattern`, for a template of another app; parts that depend on the document match anything."""
	first, *parts = re.split(r"[.{}]", re.split(r"\.?\{?#", template)[0])
	known = (f"[0-9]{{{WIDTHS[part]}}}" if part in WIDTHS else None for part in parts)
	rest = (
		found or (".*" if part.isidentifier() else re.escape(part))
		for found, part in zip(known, parts, strict=True)
	)
	return f"^{re.escape(first)}{''.join(rest)}$"


def _templates_of(doctype: str) -> list[str]:
	"""How documents of a DocType may be named, customisations included."""
	meta = frappe.get_meta(doctype)
	autoname = meta.autoname or ""
	# `hash`, `field:…`, `Prompt` and the like count nowhere, `format:…` under no prefix
	lines = [autoname] if "#" in autoname and not autoname.startswith("format:") else []
	if field := meta.get_field("naming_series"):
		lines += [*(field.options or "").split("\n"), field.default or ""]
	return [line for line in lines if line]


def _is_shared(prefix: str, others: list[str], stored: list[str]) -> bool:
	if any(re.match(pattern, prefix, re.IGNORECASE) for pattern in others):
		return True
	return any(_has_documents(doctype, prefix) for doctype in stored)


def _has_documents(doctype: str, prefix: str) -> bool:
	table = frappe.qb.DocType(doctype)
	begins = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
	number = table.name.regexp(f"^{re.escape(prefix)}[0-9]+$")
	return bool(
		frappe.qb.from_(table).select(table.name).where(table.name.like(begins) & number).limit(1).run()
	)


def _stored_doctypes() -> list[str]:
	"""DocTypes with documents that have names of their own."""
	found = frappe.get_all(
		"DocType", filters={"issingle": 0, "is_virtual": 0, "istable": 0}, pluck="name", order_by="name"
	)
	ours = set(names.doctypes())
	return [name for name in found if name not in ours and frappe.db.table_exists(name)]
