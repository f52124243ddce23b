"""Links show the name of a unit, contract or visit instead of its number, to whoever may see that document.

Frappe gives the title of a link to everybody who sees the link, and to everybody with a login who asks for it by number.
Titles of our documents go only to those who may see the document; others see the number, which is in the link anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.foundation.replaced import function_beneath
from support_service.permissions import named_links

TITLE = "frappe.desk.search.get_link_title"
DOCUMENT = "frappe.desk.form.load.getdoc"
# where Frappe puts the titles on a document about to be printed
PRINTED = "__link_titles"


def title_of(doctype: str, name: str) -> Any:
	"""What `frappe.desk.search.get_link_title` answers; the number for who may not see the document."""
	if named_links.is_ours(doctype) and not named_links.may_see(doctype, name):
		return name
	return function_beneath(TITLE)(doctype=doctype, docname=name)


def open_document(doctype: str, name: str) -> Any:
	"""What `frappe.desk.form.load.getdoc` answers, without titles of documents that the reader may not see."""
	answer = function_beneath(DOCUMENT)(doctype=doctype, name=name)
	hide(frappe.local.response.get("_link_titles") or {})
	return answer


def before_print(doc: Document, method: str | None = None, settings: Any = None) -> None:
	"""Before a print: replace titles of links that the reader may not see by numbers. For all DocTypes (hooks.py)."""
	hide(getattr(doc, PRINTED, None) or {})


def hide(titles: MutableMapping[str, Any]) -> None:
	"""Put the number in place of each title that the reader may not see. titles: `DocType::name` → title."""
	named: dict[str, list[str]] = {}
	for key in titles:
		doctype, _colons, name = key.partition("::")
		named.setdefault(doctype, []).append(name)
	for doctype, linked in named.items():
		if named_links.is_ours(doctype) and not named_links.sees_all(doctype, frappe.session.user):
			shown = _visible(doctype, linked)
			titles.update({f"{doctype}::{name}": name for name in linked if name not in shown})


def _visible(doctype: str, linked: Iterable[str]) -> set[str]:
	if not any(frappe.has_permission(doctype, right) for right in named_links.SEES):
		return set()
	return set(frappe.get_list(doctype, filters={"name": ["in", list(linked)]}, pluck="name", limit=0))
