"""Erasing a person: Frappe's Personal Data Deletion Request reaches our documents, which are kept without the person in them.

Frappe's own way (hook `user_data_fields`) finds rows by one column and replaces a name in every row of a table, in the middle
of other words too. So this listens to the request and looks only at what is about the person: the cases they reported or
stand in, with everything that hangs on these, and what they signed. It comes before Frappe's own steps: afterwards nobody
could tell any more whose a contact was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.foundation.let_go import link_fields

CASE, VISIT, ENGINEER, CONTRACT = "Service Request", "Engineer Visit", "Service Engineer", "Service Contract"
GONE = "[REDACTED]"
TEXTS = ("Data", "Small Text", "Text", "Long Text", "Text Editor", "Code", "HTML Editor", "Markdown Editor")
# DocType → fields that hold a person's name, phone number, address or hand; emptied where they hold this person's
PERSON = {
	CASE: ("contact_name", "contact_phone", "contact_email"),
	VISIT: ("signed_by", "signature"),
	"Service Message": ("recipient",),
	"Service Survey": ("contact_email", "answered_by"),
	"Coverage Decision": ("answered_by",),
	CONTRACT: ("signed_by",),
	ENGINEER: ("engineer_name", "phone"),
}
# where a person's name may stand in the app's own keys and in names of firms, nothing is replaced
KEPT = (
	"customer_name",
	"intake_key",
	"source_key",
	"survey_key",
	"message_key",
	"decision_key",
	"token_hash",
)
# whoever signed is gone, so is the hand
WITH_NAME = {"signature": "signed_by"}


@dataclass(frozen=True)
class Person:
	"""Whom a request is about: their addresses, names and numbers, and the Contacts they are."""

	emails: frozenset[str]
	words: frozenset[str]
	contacts: frozenset[str]

	def is_meant(self, value: Any) -> bool:
		return str(value or "").strip().casefold() in {
			word.casefold() for word in (*self.emails, *self.words)
		}

	def erased_from(self, text: str) -> str:
		"""`text` without the person; whole words only, where a language has words between spaces."""
		for word in sorted((*self.emails, *self.words), key=len, reverse=True):
			edge = r"(?<!\w){}(?!\w)" if word.isascii() else "{}"
			text = re.sub(edge.format(re.escape(word)), GONE, text, flags=re.IGNORECASE)
		return text


def erase(request: Document, method: str | None = None) -> None:
	"""Listens to Personal Data Deletion Request: when it is carried out, once, before Frappe's own steps."""
	if not getattr(request, "anon", None) or request.__dict__.get("_erased_from_service"):
		return
	request.__dict__["_erased_from_service"] = True
	person = person_of(request.email)
	cases = cases_of(person)
	for doctype, filters in _documents(cases, person):
		for name in frappe.get_all(doctype, filters, pluck="name"):
			_redact(doctype, name, person)


def person_of(email: str) -> Person:
	user = frappe.db.get_value("User", email, ["full_name", "phone", "mobile_no"], as_dict=True) or {}
	contacts = set(frappe.get_all("Contact", {"user": email}, pluck="name"))
	contacts |= set(
		frappe.get_all("Contact Email", {"email_id": email, "parenttype": "Contact"}, pluck="parent")
	)
	rows = {"parenttype": "Contact", "parent": ("in", sorted(contacts) or [""])}
	emails = {email, *frappe.get_all("Contact Email", rows, pluck="email_id")}
	phones = {user.get("phone"), user.get("mobile_no"), *frappe.get_all("Contact Phone", rows, pluck="phone")}
	names = {user.get("full_name")}
	names |= set(frappe.get_all("Contact", {"name": ("in", sorted(contacts) or [""])}, pluck="full_name"))
	words = {word.strip() for word in (*phones, *names) if word and len(word.strip()) > 1}
	return Person(frozenset(filter(None, emails)), frozenset(words), frozenset(contacts))


def cases_of(person: Person) -> list[str]:
	"""Cases the person reported or stands in."""
	filters = {
		"contact_email": ("in", sorted(person.emails)),
		"owner": ("in", sorted(person.emails)),
		"contact": ("in", sorted(person.contacts) or [""]),
	}
	known = ("in", sorted(person.words) or [""])
	found = set(frappe.get_all(CASE, or_filters=filters, pluck="name", order_by=None))
	# a number alone may be that of a whole firm
	found |= set(frappe.get_all(CASE, {"contact_phone": known, "contact_name": known}, pluck="name"))
	return sorted(found)


def _documents(cases: list[str], person: Person) -> Iterable[tuple[str, dict[str, Any]]]:
	"""The cases, what hangs on them, what the person signed or received, and the engineer they are."""
	yield CASE, {"name": ("in", cases or [""])}
	for field in link_fields():
		if field.options == CASE and not frappe.get_meta(field.parent).istable:
			yield field.parent, {field.fieldname: ("in", cases or [""])}
	yield "Installed Unit", {"contact": ("in", sorted(person.contacts) or [""])}
	known = sorted((*person.emails, *person.words))
	for doctype, fields in PERSON.items():
		if doctype != CASE:
			yield doctype, {fields[0]: ("in", known)}
	engineers = frappe.get_all(ENGINEER, {"user": ("in", sorted(person.emails))}, pluck="name")
	yield ENGINEER, {"name": ("in", engineers or [""])}
	for field in link_fields():
		if field.options == ENGINEER and frappe.get_meta(field.parent).has_field("engineer_name"):
			yield field.parent, {field.fieldname: ("in", engineers or [""])}


def _redact(doctype: str, name: str, person: Person) -> None:
	"""Past the documents' own rules: ledgers and closed cases are not changed by anybody else."""
	meta = frappe.get_meta(doctype)
	stored = frappe.db.get_value(doctype, name, "*", as_dict=True)
	changes: dict[str, Any] = {}
	for field in meta.fields:
		value = stored.get(field.fieldname)
		if not value or field.fieldname in KEPT:
			continue
		if field.fieldname in PERSON.get(doctype, ()):
			if person.is_meant(stored.get(WITH_NAME.get(field.fieldname, field.fieldname))):
				changes[field.fieldname] = _emptied(field)
		elif field.fieldtype in TEXTS and (left := person.erased_from(value)) != value:
			changes[field.fieldname] = left
	if doctype == CASE and _stands_in(stored, person):
		changes |= {fieldname: _emptied(meta.get_field(fieldname)) for fieldname in PERSON[CASE]}
	if changes:
		frappe.db.set_value(doctype, name, changes, update_modified=False)


def _stands_in(case: Any, person: Person) -> bool:
	return case.contact in person.contacts or person.is_meant(case.contact_email)


def _emptied(field: Any) -> str | None:
	"""An address or number that is none would be refused, or written to."""
	return None if field.options in ("Email", "Phone") or field.fieldtype == "Signature" else GONE
