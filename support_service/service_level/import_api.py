"""Whitelisted functions of the import of ERPNext's Service Level Agreements."""

from typing import Any

import frappe
from frappe.utils import sbool

from support_service.service_level import sla_import

SHOWN_FROM = 10  # fewer are done before a progress bar could be seen


@frappe.whitelist(methods=["POST"])
def import_agreements(dry_run: bool | int | str = True) -> dict[str, Any]:
	"""Import all agreements, or only say what would become of them. Returns {"agreements": count, "rows": report}.

	For whoever may create policies; the agreements themselves are read for them.
	"""
	for doctype in ("Service Level Policy", "Service Calendar"):
		frappe.has_permission(doctype, "create", throw=True)
	names = sla_import.agreements()
	progress = _show if len(names) >= SHOWN_FROM else None
	rows = sla_import.import_agreements(names, dry_run=bool(sbool(dry_run)), progress=progress)
	return {"agreements": len(names), "rows": rows}


def _show(done: int, count: int) -> None:
	frappe.publish_progress(done * 100 / count, title=frappe._("Importing service level agreements"))
