"""What somebody typed is never replaced in silence: it is kept, or refused with the reason.

For fields that the app itself fills: on a new document whatever is given there, on a stored one whatever differs from what
is stored. A field that a form may show in an older state (written without touching `modified`) cannot be asked this way on a
stored document; see the callers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, flt, get_datetime, getdate

from support_service.foundation.own import is_ours

FORM = "frappe.desk.form.save.savedocs"
DELETED = "frappe.core.doctype.deleted_document.deleted_document"
RESTORE = (f"{DELETED}.restore", f"{DELETED}.bulk_restore")
NUMBERS = ("Int", "Check", "Float", "Currency", "Percent")


class FilledByTheAppError(frappe.ValidationError):
	"""A value was given for a field that follows from something else."""


def given(doc: Document, fieldnames: Iterable[str]) -> list[str]:
	"""Those of `fieldnames` that carry a value on a new document, other than the one every new document has."""
	return [name for name in fieldnames if not _is_empty(doc, name) and not _is_default(doc, name)]


def brought(doc: Document, fieldnames: Iterable[str]) -> list[str]:
	"""The same, where somebody typed them: neither the app itself, nor the desk's form, Amend or Restore, which send along more."""
	return given(doc, fieldnames) if _was_typed(doc) else []


def changed(doc: Document, stored: Document, fieldnames: Iterable[str]) -> list[str]:
	"""Those of `fieldnames` in which `doc` says something else than `stored`."""
	return [name for name in fieldnames if not same(doc, name, doc.get(name), stored.get(name))]


def same(doc: Document, fieldname: str, one: Any, other: Any) -> bool:
	"""Whether two values of a field mean the same, however a client wrote them."""
	return _plain(doc, fieldname, one) == _plain(doc, fieldname, other)


def other_day(doc: Document, stored: Document, fieldname: str) -> bool:
	"""Whether `doc` says another day than `stored`, at whatever hour."""
	return getdate(doc.get(fieldname)) != getdate(stored.get(fieldname))


def refuse_given(doc: Document, fieldnames: Iterable[str], why: str = "") -> None:
	"""Raise FilledByTheAppError where a new document brings one of `fieldnames`; `why`: a translated sentence.

	In a deleted document that is restored they are emptied: what was computed then is not true any more.
	"""
	if is_restored(doc):
		for name in given(doc, fieldnames):
			doc.set(name, doc.meta.get_field(name).default)
	elif names := brought(doc, fieldnames):
		refuse(doc, names, why or _("the app fills this itself. Leave it empty."))


@contextmanager
def kept(doc: Document, fieldnames: Iterable[str]) -> Iterator[None]:
	"""What a new document brings for `fieldnames` must be what the block makes of it, else FilledByTheAppError."""
	values = {name: doc.get(name) for name in brought(doc, fieldnames)}
	yield
	for name, value in values.items():
		if not same(doc, name, value, doc.get(name)):
			refuse(
				doc,
				[name],
				_("this follows from the rest and is {0}, not {1}. Leave it empty.").format(
					escape_html(cstr(doc.get(name)) or "–"), escape_html(cstr(value))
				),
			)


def refuse(doc: Document, fieldnames: Iterable[str], why: str) -> None:
	"""Raise FilledByTheAppError: `Status, Closed On: <why>`."""
	frappe.throw(_("{0}: {1}").format(labels(doc, fieldnames), why), FilledByTheAppError)


def labels(doc: Document, fieldnames: Iterable[str]) -> str:
	return ", ".join(_(doc.meta.get_label(name), context=doc.doctype) for name in fieldnames)


def is_sent_by_form() -> bool:
	"""Whether the desk's form saves: it sends hidden and read-only fields as it last showed them."""
	return frappe.local.form_dict.get("cmd") == FORM


def is_restored(doc: Document) -> bool:
	"""Whether Frappe brings back `doc`, which was deleted, with all that stood in it; only administrators write what is restored."""
	by_app = doc.flags.ignore_permissions
	return bool(doc.is_new() and not by_app and frappe.local.form_dict.get("cmd") in RESTORE)


def settle_numbers(doc: Document, method: str | None = None) -> None:
	"""Hook `before_validate` of every DocType: in ours, checks and numbers are what will be stored before a rule reads them.

	A client may send them as text, and the text "0" counts as true. Frappe itself makes numbers of them only on their way
	into the database.
	"""
	if is_ours(doc.doctype):
		for row in (doc, *doc.get_all_children()):
			row._fix_numeric_types()


def _was_typed(doc: Document) -> bool:
	"""Whether somebody gave the values of this new document. The app's own documents say what the app says; a form sends along
	what it shows, the desk's Amend what the document before said, and Restore what the deleted one said."""
	if doc.flags.ignore_permissions or doc.get("amended_from"):
		return False
	return bool(doc.is_new() and not is_sent_by_form() and not is_restored(doc))


def _is_empty(doc: Document, fieldname: str) -> bool:
	return not _plain(doc, fieldname, doc.get(fieldname))


def _is_default(doc: Document, fieldname: str) -> bool:
	field = doc.meta.get_field(fieldname)
	if not field:
		return False
	# Frappe fills the company from the user's defaults
	usual = frappe.defaults.get_user_default("Company") if field.options == "Company" else None
	return any(same(doc, fieldname, doc.get(fieldname), value) for value in (field.default, usual) if value)


def _plain(doc: Document, fieldname: str, value: Any) -> Any:
	field = doc.meta.get_field(fieldname)
	kind = field.fieldtype if field else "Data"
	if kind in NUMBERS:
		return flt(value)
	if kind == "Date":
		return getdate(value) if value else None
	if kind == "Datetime":
		return get_datetime(value) if value else None
	return cstr(value).strip()
