"""Query builder expressions for texts in columns: cut to the length of the column, and with a part at an end replaced."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import cint
from pypika.terms import Case, Function

DASH = " – "


def length_of(doctype: str, fieldname: str) -> int | None:
	"""How many characters the column holds; None for columns of long text."""
	field = frappe.get_meta(doctype).get_field(fieldname)
	kind, length = frappe.db.type_map[field.fieldtype]
	return (cint(field.length) or cint(length)) if kind == "varchar" else None


def cut(doctype: str, fieldname: str, term: Any) -> Any:
	"""The expression `term`, cut to the length of the column."""
	length = length_of(doctype, fieldname)
	return Function("left", term, length) if length else term


def cut_text(doctype: str, fieldname: str, text: str) -> str:
	"""`text`, cut to the length of the column."""
	return text[: length_of(doctype, fieldname)]


def holds_at_an_end(shown: Any, part: str) -> Any:
	"""Condition: `shown` is `part`, or begins with it before " – ", or ends with it after " – "."""
	return (shown == part) | _begins(shown, part) | _ends(shown, part)


def replace_at_ends(shown: Any, old: str, new: str) -> Any:
	"""`shown` with `new` in place of `old` at both ends where it stands there; text between them was typed and stays."""
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
