"""The warranties of a unit on its page: what is covered until when, and what is not."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.customer_portal import words
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_coverage.warranty import words as warranty_words
from support_service.service_coverage.warranty.rules import Status

TONES = {
	Status.PENDING: "blue",
	Status.ACTIVE: "green",
	Status.SUSPENDED: "orange",
	Status.EXPIRED: "gray",
}
LIMIT = 50


def warranties(unit: str, customers: frozenset[str]) -> list[dict[str, Any]]:
	"""The customers' warranties of `unit` and of parts in it, the unit's own first; void ones are left out.

	Each: name, title, words and tone of today's status, covered (kind, until or "", share), exclusions, certificate (URL).
	Warranties of a former owner of the unit are not shown.
	"""
	rows = frappe.get_all(
		warranty_store.WARRANTY,
		filters={
			"installed_unit": unit,
			"customer": ("in", sorted(customers)),
			"status": ("!=", Status.VOID),
		},
		fields=["*"],
		order_by="fitted_part asc, name desc",
		limit=LIMIT,
	)
	items = dict(
		frappe.get_all(
			"Item",
			filters={"name": ("in", [row.part_item for row in rows if row.part_item] or [""])},
			fields=["name", "item_name"],
			as_list=True,
		)
	)
	return [_shown(row, items) for row in rows]


def _shown(row: Any, items: dict[str, str]) -> dict[str, Any]:
	part = " ".join(filter(None, (items.get(row.part_item, row.part_item), row.part_serial)))
	return {
		"name": row.name,
		"title": part or _("The whole device"),
		"words": warranty_words.status(row),
		"tone": TONES.get(Status(warranty_store.status_today(row)), "gray"),
		"covered": [
			{
				"kind": line["kind"],
				"until": words.day(line["until"]) if line["until"] else "",
				"share": line["share"],
			}
			for line in warranty_words.covered(row)
		],
		"exclusions": warranty_words.exclusions(row),
		"certificate": f"/api/method/support_service.customer_portal.api.certificate?warranty={row.name}",
	}
