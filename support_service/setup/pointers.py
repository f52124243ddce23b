"""Finds what stays on the site after an uninstall but points at our documents, and would break without them.

For example a custom field on Customer that links to a unit: without units the Customer's form does not open. Frappe's
uninstaller leaves such things, so an uninstall stops before it changes anything, and names them. With `--force` links become
text fields that keep their values; tables and dynamic links are removed (their rows are written to a file beside the backups
first); scripts, reports and formats that name our documents are switched off, not deleted.

What is only *about* our documents (their permissions, saved filters, notifications …) goes with them: `traces.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import click
import frappe
from frappe import _

from support_service.setup import names

LINKS, TABLES = ("Link",), ("Table", "Table MultiSelect")
# texts in which somebody may speak of our documents: field that says what the record is about, its texts, how it is switched off
TEXTS: dict[str, tuple[str, tuple[str, ...], tuple[str, int]]] = {
	"Server Script": ("reference_doctype", ("script",), ("disabled", 1)),
	"Client Script": ("dt", ("script",), ("enabled", 0)),
	"Report": ("ref_doctype", ("query", "report_script", "javascript", "json"), ("disabled", 1)),
	"Print Format": ("doc_type", ("html", "raw_commands"), ("disabled", 1)),
	"Notification": ("document_type", ("condition", "message", "subject"), ("enabled", 0)),
}


class PointedAtError(frappe.ValidationError):
	"""Something that stays on the site points at our documents."""


class Pointer(NamedTuple):
	"""kind: DocType of the record that points; name: its name; on: where it stands; field and fieldtype, of a field."""

	kind: str
	name: str
	on: str
	field: str = ""
	fieldtype: str = ""
	values: int = 0


def refuse() -> list[Pointer]:
	"""Raise PointedAtError, naming what points at ours; returns it instead where the command says `--force`."""
	found = list(pointers())
	if found and not _option("force"):
		frappe.throw(
			_(
				"support_service was not uninstalled, and nothing was changed. These stay on the site and point at its "
				"documents: {0}. Change or remove them, then uninstall again. With --force, links become text fields that "
				"keep their values, other such fields are removed (their values are written to a file beside the backups), "
				"and scripts, reports and formats are switched off."
			).format("; ".join(_in_words(pointer) for pointer in found)),
			PointedAtError,
		)
	if found and not _option("dry_run"):
		_save_values(found)
	return found


def release(found: list[Pointer]) -> None:
	"""After our tables are dropped: change or remove `found`, so that forms open and documents can be saved."""
	for pointer in found:
		if pointer.kind == "DocType":
			continue  # gone with our module
		if pointer.kind in TEXTS:
			fieldname, off = TEXTS[pointer.kind][2]
			frappe.db.set_value(pointer.kind, pointer.name, fieldname, off)
		elif pointer.kind == "Property Setter":
			frappe.db.delete("Property Setter", {"name": pointer.name})
		elif pointer.fieldtype in LINKS:
			# the column is that of a text already
			frappe.db.set_value(pointer.kind, pointer.name, {"fieldtype": "Data", "options": None})
		elif pointer.fieldtype in TABLES:
			frappe.db.delete(pointer.kind, {"name": pointer.name})
		else:
			_forget_values(pointer)
		if frappe.db.exists("DocType", pointer.on):
			frappe.clear_cache(doctype=pointer.on)


def pointers() -> Iterator[Pointer]:
	"""Everything of the site and of other apps that points at our DocTypes and would stay."""
	yield from _doctypes()
	yield from _fields()
	yield from _redirected_fields()
	yield from _values_of_dynamic_links()
	yield from _texts()


def _doctypes() -> Iterator[Pointer]:
	"""DocTypes somebody of the site has put into one of our modules: Frappe deletes them, with their documents, as ours."""
	filters = {"module": ("in", names.modules()), "name": ("not in", names.doctypes())}
	for row in frappe.get_all("DocType", filters, ["name", "issingle", "is_virtual"]):
		values = 0 if row.issingle or row.is_virtual else frappe.db.count(row.name)
		yield Pointer("DocType", row.name, row.name, values=values)


def _fields() -> Iterator[Pointer]:
	from support_service.setup.fields import our_fields

	own = set(our_fields())
	pointing = {"fieldtype": ("in", (*LINKS, *TABLES)), "options": ("in", names.doctypes())}
	for kind, on in (("Custom Field", "dt"), ("DocField", "parent")):
		foreign = {**pointing, on: ("not in", names.doctypes())}
		for row in frappe.get_all(
			kind, foreign, ["name", f"{on} as holder", "fieldname", "fieldtype", "options"]
		):
			if (row.holder, row.fieldname) not in own:
				yield Pointer(kind, row.name, row.holder, row.fieldname, row.fieldtype, _count(row))


def _redirected_fields() -> Iterator[Pointer]:
	"""A standard field that somebody let point at ours with Customize Form."""
	filters = {
		"property": "options",
		"value": ("in", names.doctypes()),
		"doc_type": ("not in", names.doctypes()),
	}
	for row in frappe.get_all("Property Setter", filters, ["name", "doc_type", "field_name"]):
		yield Pointer("Property Setter", row.name, row.doc_type, row.field_name or "")


def _values_of_dynamic_links() -> Iterator[Pointer]:
	"""Documents that name one of ours in a dynamic link; Frappe's own tables are cleared by traces.py."""
	framework = set(frappe.get_all("Module Def", {"app_name": "frappe"}, pluck="name"))
	stored = {"issingle": 0, "is_virtual": 0, "name": ("not in", names.doctypes())}
	modules = {row.name: row for row in frappe.get_all("DocType", stored, ["name", "module", "custom"])}
	for kind, on in (("Custom Field", "dt"), ("DocField", "parent")):
		rows = frappe.get_all(
			kind, {"fieldtype": "Dynamic Link"}, ["name", f"{on} as holder", "fieldname", "options"]
		)
		for row in rows:
			doctype = modules.get(row.holder)
			if not doctype or (kind == "DocField" and doctype.module in framework and not doctype.custom):
				continue
			if row.options and frappe.db.has_column(row.holder, row.options):
				count = frappe.db.count(row.holder, {row.options: ("in", names.doctypes())})
				if count:
					yield Pointer(kind, row.name, row.holder, row.fieldname, "Dynamic Link", count)


def _texts() -> Iterator[Pointer]:
	for kind, (about, fieldnames, (switch, off)) in TEXTS.items():
		fields = [name for name in fieldnames if frappe.db.has_column(kind, name)]
		for row in frappe.get_all(
			kind, {switch: ("!=", off)}, ["name", f"{about} as about", "module", *fields]
		):
			ours = row.about in names.doctypes() or row.module in names.modules()
			if not ours and any(_speaks_of_ours(row.get(field)) for field in fields):
				yield Pointer(kind, row.name, row.about or "")


def _speaks_of_ours(text: str | None) -> bool:
	return bool(text) and (
		f"{names.APP}." in text
		or any(
			mark in text for name in names.doctypes() for mark in (f'"{name}"', f"'{name}'", f"`tab{name}`")
		)
	)


def _count(row: Any) -> int:
	"""How many documents have a value in the field."""
	if row.fieldtype in TABLES:
		return frappe.db.count(row.options, {"parenttype": row.holder, "parentfield": row.fieldname})
	if frappe.get_meta(row.holder).issingle:
		return int(bool(frappe.db.get_single_value(row.holder, row.fieldname)))
	return (
		frappe.db.count(row.holder, {row.fieldname: ("is", "set")})
		if frappe.db.has_column(row.holder, row.fieldname)
		else 0
	)


def _save_values(found: list[Pointer]) -> None:
	"""Write the values that cannot stay where they are to a file beside the site's backups."""
	values = [
		{"doctype": pointer.on, "field": pointer.field, "rows": _rows(pointer)}
		for pointer in found
		if pointer.values and pointer.fieldtype not in LINKS
	]
	if not values:
		return
	moment = frappe.utils.now_datetime().strftime("%Y%m%d_%H%M%S")
	path = Path(frappe.get_site_path("private", "backups", f"{moment}-support_service_links.json"))
	path.parent.mkdir(parents=True, exist_ok=True)
	path.write_text(frappe.as_json(values))
	click.secho(_("Values that pointed at documents of support_service are kept in {0}.").format(path))


def _rows(pointer: Pointer) -> list[dict[str, Any]]:
	if pointer.kind == "DocType":
		return frappe.get_all(pointer.name, fields=["*"])
	if pointer.fieldtype in TABLES:
		table = frappe.db.get_value(pointer.kind, pointer.name, "options")
		return frappe.get_all(table, {"parenttype": pointer.on, "parentfield": pointer.field}, ["*"])
	kind = frappe.db.get_value(pointer.kind, pointer.name, "options")
	return frappe.get_all(pointer.on, {kind: ("in", names.doctypes())}, ["name", kind, pointer.field])


def _forget_values(pointer: Pointer) -> None:
	kind = frappe.db.get_value(pointer.kind, pointer.name, "options")
	table = frappe.qb.DocType(pointer.on)
	query = frappe.qb.update(table).set(table[kind], None).set(table[pointer.field], None)
	query.where(table[kind].isin(names.doctypes())).run()


def _in_words(pointer: Pointer) -> str:
	words = f"{_(pointer.kind)} {pointer.field or pointer.name}"
	if pointer.on and pointer.on != pointer.name:
		words = f"{pointer.on}: {words}"
	if not pointer.values:
		return words
	values = _("{0} values").format(pointer.values)
	return f"{words} ({values})"


def _option(name: str) -> bool:
	"""Value of an option of `bench uninstall-app`, which Frappe does not pass to hooks."""
	context = click.get_current_context(silent=True)
	return bool(context and context.params.get(name))
