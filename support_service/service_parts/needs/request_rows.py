"""Rows of a Material Request that say for which need they ask: whoever names a need may see it, and asks for its part."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.permissions import named_links
from support_service.service_parts.needs import errors

NEED = "Part Need"


def before_validate(request: Document, method: str | None = None) -> None:
	"""Handler of Material Request.

	:raises NeedItemError: a row asks for another item than its need. HiddenLinkError: its writer may not see the need.
	"""
	rows = [row for row in request.items if row.get("part_need")]
	if not rows:
		return
	if not request.flags.ignore_permissions:
		known = _known(request)
		for need in sorted({row.part_need for row in rows} - known):
			named_links.require(NEED, need, _(NEED))
	item_of = dict(
		frappe.get_all(
			NEED,
			filters={"name": ("in", [row.part_need for row in rows])},
			fields=["name", "item_code"],
			as_list=True,
			order_by=None,
		)
	)
	for row in rows:
		if item_of.get(row.part_need) != row.item_code:
			frappe.throw(
				_(
					"Row {0}: {1} is not the part of {2}. Remove the row and ask for it on the request."
				).format(row.idx, row.item_code, row.part_need),
				errors.NeedItemError,
			)


def _known(request: Document) -> set[str]:
	"""Needs that the stored document, or the one it amends, names already."""
	source = request.name if not request.is_new() else request.get("amended_from")
	if not source:
		return set()
	filters = {"parent": source, "part_need": ("is", "set")}
	return set(frappe.get_all("Material Request Item", filters=filters, pluck="part_need", order_by=None))
