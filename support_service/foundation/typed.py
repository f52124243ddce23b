"""Values that somebody typed into fields which the app fills itself: they are refused with the reason, never replaced silently.

On a new document that is any value in such a field, on a stored one any value that differs from the stored one. The latter does
not work for fields that the app changes without touching `modified`: an open form sends their old value back; see the callers.
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
	"""A value was typed into a field that the app fills."""


def given(doc: Document, fieldnames: Iterable[str]) -> list[str]:
	"""Those of `fieldnames` that have a value other than their default on a new document."""
	return [name for name in fieldnames if not _is_empty(doc, name) and not _is_default(doc, name)]


def typed_in(doc: Document, fieldnames: Iterable[str]) -> list[str]:
	"""As `given`, if a person or program sent the values: empty for the app itself, the desk's form, Amend and Restore."""
	return given(doc, fieldnames) if _was_typed(doc) else []


def changed(doc: Document, stored: Document, fieldnames: Iterable[str]) -> list[str]:
	"""Those of `fieldnames` whose value in `doc` differs from `stored`."""
	return [name for name in fieldnames if not same(doc, name, doc.get(name), stored.get(name))]


def same(doc: Document, fieldname: str, one: Any, other: Any) -> bool:
	"""Whether two values of a field mean the same, however a client wrote them."""
	return _plain(doc, fieldname, one) == _plain(doc, fieldname, other)


def other_day(doc: Document, stored: Document, fieldname: str) -> bool:
	"""Whether the date in `doc` and in `stored` differ; the time of day does not count."""
	return getdate(doc.get(fieldname)) != getdate(stored.get(fieldname))


def refuse_given(doc: Document, fieldnames: Iterable[str], why: str = "") -> None:
	"""Raise FilledByTheAppError if values were sent for `fieldnames` of a new document. why: a translated sentence.

	In a deleted document that is restored the fields are set back: values computed then do not hold any more.
	"""
	if is_restored(doc):
		for name in given(doc, fieldnames):
			doc.set(name, doc.meta.get_field(name).default)
	elif names := typed_in(doc, fieldnames):
		refuse(doc, names, why or _("the app fills this itself. Leave it empty."))


@contextmanager
def must_result(doc: Document, fieldnames: Iterable[str]) -> Iterator[None]:
	"""Values sent for `fieldnames` of a new document must equal what the block sets, else FilledByTheAppError."""
	values = {name: doc.get(name) for name in typed_in(doc, fieldnames)}
	yield
	for name, value in values.items():
		if not same(doc, name, value, doc.get(name)):
			refuse(
				doc,
				[name],
				_("the app computes this from the other fields: it is {0}, not {1}. Leave it empty.").format(
					escape_html(cstr(doc.get(name)) or "–"), escape_html(cstr(value))
				),
			)


def refuse(doc: Document, fieldnames: Iterable[str], why: str) -> None:
	"""Raise FilledByTheAppError with the labels of the fields and `why`, as in `Status, Closed On: <why>`."""
	frappe.throw(_("{0}: {1}").format(labels(doc, fieldnames), why), FilledByTheAppError)


def labels(doc: Document, fieldnames: Iterable[str]) -> str:
	"""The translated labels of the fields, separated by commas."""
	return ", ".join(_(doc.meta.get_label(name), context=doc.doctype) for name in fieldnames)


def is_sent_by_form() -> bool:
	"""Whether the desk's form saves: it sends hidden and read-only fields as it last showed them."""
	return frappe.local.form_dict.get("cmd") == FORM


def is_restored(doc: Document) -> bool:
	"""Whether `doc` is a deleted document that Frappe restores with all its values, which only administrators may do."""
	by_app = doc.flags.ignore_permissions
	return bool(doc.is_new() and not by_app and frappe.local.form_dict.get("cmd") in RESTORE)


def settle_numbers(doc: Document, method: str | None = None) -> None:
	"""Hook `before_validate` of every DocType: in ours, make numbers of checks and numbers that a client sent as text.

	For Python the text "0" is true. Frappe itself converts such values only when it writes them into the database.
	"""
	if is_ours(doc.doctype):
		for row in (doc, *doc.get_all_children()):
			row._fix_numeric_types()


def _was_typed(doc: Document) -> bool:
	"""Whether the values of this new document were chosen by whoever sent it.

	Not so for the app's own documents, for the form, which sends all it shows, for Amend, which sends the values of the
	document before, and for Restore, which brings back those of the deleted one.
	"""
	if doc.flags.ignore_permissions or doc.get("amended_from"):
		return False
	return bool(doc.is_new() and not is_sent_by_form() and not is_restored(doc))


def _is_empty(doc: Document, fieldname: str) -> bool:
	field = doc.meta.get_field(fieldname)
	if field and field.fieldtype == "Check" and field.default == "1":
		return doc.get(fieldname) in (None, "")  # unticked is what somebody says
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
