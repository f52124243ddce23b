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
	for doctype, field, values in _documents(cases, person):
		for name in _named(doctype, {field: values}):
			_redact(doctype, name, person)


def person_of(email: str) -> Person:
	user = frappe.db.get_value("User", email, ["full_name", "phone", "mobile_no"], as_dict=True) or {}
	contacts = set(frappe.get_all("Contact", {"user": email}, pluck="name"))
	contacts |= set(
		frappe.get_all("Contact Email", {"email_id": email, "parenttype": "Contact"}, pluck="parent")
	)
	emails, names, phones = {email}, {user.get("full_name")}, {user.get("phone"), user.get("mobile_no")}
	for contact in contacts:
		row = frappe.get_doc("Contact", contact)
		names.add(row.full_name)
		emails.update(row.email_id for row in row.email_ids)
		phones.update(row.phone for row in row.phone_nos)
	for engineer in frappe.get_all(ENGINEER, {"user": email}, ["engineer_name", "phone"]):
		names.add(engineer.engineer_name)
		phones.add(engineer.phone)
	words = {word.strip() for word in (*phones, *names) if word and len(word.strip()) > 1}
	return Person(frozenset(filter(None, emails)), frozenset(words), frozenset(contacts))


def cases_of(person: Person) -> list[str]:
	"""Cases the person reported or stands in."""
	found = {
		*_named(CASE, {"contact_email": person.emails}),
		*_named(CASE, {"owner": person.emails}),
		*_named(CASE, {"contact": person.contacts}),
		# a number alone may be that of a whole firm
		*_named(CASE, {"contact_phone": person.words, "contact_name": person.words}),
	}
	return sorted(found)


def _named(doctype: str, wanted: dict[str, Iterable[str]]) -> list[str]:
	"""Documents whose fields hold one of the values. An empty list finds nothing: Frappe's `in` would find what is empty."""
	if not all(wanted.values()):
		return []
	filters = {field: ("in", sorted(values)) for field, values in wanted.items()}
	return frappe.get_all(doctype, filters, pluck="name", order_by=None)


def _documents(cases: list[str], person: Person) -> Iterable[tuple[str, str, Iterable[str]]]:
	"""The cases, what hangs on them, what the person signed or received, and the engineer they are."""
	yield CASE, "name", cases
	for field in link_fields():
		if field.options == CASE and not frappe.get_meta(field.parent).istable:
			yield field.parent, field.fieldname, cases
	yield "Installed Unit", "contact", person.contacts
	for doctype, fields in PERSON.items():
		if doctype != CASE:
			yield doctype, fields[0], person.emails | person.words
	engineers = _named(ENGINEER, {"user": person.emails})
	yield ENGINEER, "name", engineers
	for field in link_fields():
		if field.options == ENGINEER and frappe.get_meta(field.parent).has_field("engineer_name"):
			yield field.parent, field.fieldname, engineers


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
