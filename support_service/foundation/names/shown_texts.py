"""Texts in columns: as long as the column, and a part at an end exchanged for another; expressions of the query builder."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import cint
from pypika.terms import Case, Function

DASH = " – "


def length_of(doctype: str, fieldname: str) -> int | None:
	"""How many characters the column holds; None: more than anybody shows."""
	field = frappe.get_meta(doctype).get_field(fieldname)
	kind, length = frappe.db.type_map[field.fieldtype]
	return (cint(field.length) or cint(length)) if kind == "varchar" else None


def cut(doctype: str, fieldname: str, term: Any) -> Any:
	length = length_of(doctype, fieldname)
	return Function("left", term, length) if length else term


def cut_text(doctype: str, fieldname: str, text: str) -> str:
	return text[: length_of(doctype, fieldname)]


def holds_at_an_end(shown: Any, part: str) -> Any:
	"""Whether `shown` is `part`, or has it before or behind " – "."""
	return (shown == part) | _begins(shown, part) | _ends(shown, part)


def with_ends(shown: Any, old: str, new: str) -> Any:
	"""`shown`, which holds `old` at an end, with `new` there; what stands between is somebody's words."""
	size, whole = len(old), Function("char_length", shown)
	front, back = Function("left", shown, whole - size), Function("substring", shown, size + 1)
	between = Function("substring", shown, size + 1, whole - 2 * size)
	both = _begins(shown, old) & _ends(shown, old) & (whole >= 2 * size + len(DASH))
	return (
		Case()
		.when(shown == old, new)
		.when(both, Function("concat", new, between, new))
		.when(_begins(shown, old), Function("concat", new, back))
		.else_(Function("concat", front, new))
	)


def _begins(shown: Any, part: str) -> Any:
	return shown.like(f"{_literal(part)}{DASH}%")


def _ends(shown: Any, part: str) -> Any:
	return shown.like(f"%{DASH}{_literal(part)}")


def _literal(text: str) -> str:
	return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
