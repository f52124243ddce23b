"""Columns of script reports."""

from __future__ import annotations

from typing import Any


def column(fieldname: str, label: str, fieldtype: str, width: int, options: str = "") -> dict[str, Any]:
	"""A column as Frappe's script reports take it. label: translated; width: in pixels; options: as those of a DocField."""
	return {
		"fieldname": fieldname,
		"label": label,
		"fieldtype": fieldtype,
		"options": options,
		"width": width,
	}
