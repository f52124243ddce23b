"""Columns of script reports."""

from __future__ import annotations

from typing import Any

from frappe import _


def column(fieldname: str, label: str, fieldtype: str, width: int, options: str = "") -> dict[str, Any]:
	"""A column as Frappe's script reports take it. label: translated; width: in pixels; options: as those of a DocField."""
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
	}


def hidden_currency() -> dict[str, Any]:
	"""The column `currency` that amounts name as their options. No link: not everybody may read ERPNext's currencies."""
	return {"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1}
