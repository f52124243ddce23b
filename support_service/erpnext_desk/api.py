"""Whitelisted functions for ERPNext's forms and the search bar.

Five of them replace functions of Frappe (`hooks.py`) that answer without asking whether the reader may see the document.
Whatever is not ours, they hand on to the function they replace.
"""

from __future__ import annotations

from typing import Any

import frappe

from support_service.erpnext_desk import change_history, counts, link_titles, search
from support_service.erpnext_desk import new_case as cases
from support_service.permissions import named_links


@frappe.whitelist()
def new_case(doctype: str, name: str, unit: str | None = None) -> dict[str, Any]:
	"""Values of a new case that is created from this record of ERPNext; see new_case.values_from."""
	frappe.has_permission(doctype, "read", doc=name, throw=True)
	frappe.has_permission(cases.CASE, "create", throw=True)
	named_links.require(cases.UNIT, unit, frappe._("Installed Unit"))
	return cases.values_from(doctype, name, unit)


@frappe.whitelist()
def find(text: str) -> list[search.Line]:
	"""Cases, units, contracts and visits for the search bar: what the caller may see of them."""
	return search.lines(text)


@frappe.whitelist()
def global_search(text: str, start: int = 0, limit: int = 20, doctype: str = "") -> list[dict[str, Any]]:
	"""Replaces `frappe.utils.global_search.search`: the search dialog."""
	return search.everywhere(text, start, limit, doctype)


@frappe.whitelist()
def get_link_title(doctype: str, docname: str) -> Any:
	"""Replaces `frappe.desk.search.get_link_title`."""
	return link_titles.title_of(doctype, docname)


@frappe.whitelist()
def getdoc(doctype: str, name: str) -> Any:
	"""Replaces `frappe.desk.form.load.getdoc`, which checks the right to the document."""
	answer = link_titles.open_document(doctype, name)
	change_history.hide(doctype)
	return answer


@frappe.whitelist()
def get_docinfo(doc: Any = None, doctype: str | None = None, name: str | None = None) -> Any:
	"""Replaces `frappe.desk.form.load.get_docinfo`, which checks the right to the document. doc: never from a browser."""
	return change_history.reload(doctype, name)


@frappe.whitelist()
@frappe.read_only()
def get_open_count(doctype: str, name: str, items: Any = None) -> dict[str, Any]:
	"""Replaces `frappe.desk.notifications.get_open_count`, which checks the right to the document."""
	return counts.open_count(doctype, name, items)
