"""Erases a person from our documents when Frappe carries out a Personal Data Deletion Request; the documents stay.

Frappe's hook `user_data_fields` finds rows by one column and replaces a name in every row of a table, also inside other
words. This module changes only documents about the person. It runs before Frappe's own steps, because after them nobody
knows any more whose Contact it was.

Only the confirmed e-mail address says who the person is: everybody with a login may write any address, number or name into a
Contact, two people may have one name, and a company's mailbox belongs to many. So documents are found by that address and by
trusted Contacts of the person, never by a name, a number or another address; these are erased only in documents found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from functools import partial
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.foundation.let_go import link_fields
from support_service.permissions import contact_ties
from support_service.service_intake.mail import spool

CASE, VISIT, ENGINEER, CONTRACT = "Service Request", "Engineer Visit", "Service Engineer", "Service Contract"
UNIT, MESSAGE, MAIL = "Installed Unit", "Service Message", "Service Mail"
CALL, CALL_BACK = "Service Call", "Service Call Back"
ANSWER = "Service Survey Answer"
GONE = "[REDACTED]"
TEXTS = ("Data", "Small Text", "Text", "Long Text", "Text Editor", "Code", "HTML Editor", "Markdown Editor")
# DocType → fields that hold a person's name, phone number, address or signature; emptied where they hold this person's
PERSON = {
	CASE: ("contact_name", "contact_phone", "contact_email"),
	VISIT: ("signed_by", "signature"),
	"Equipment Loan": ("signed_by", "signature"),
	MESSAGE: ("recipient",),
	MAIL: ("sender", "sender_name"),
	"Service Survey": ("contact_email", "answered_by"),
	CALL: ("number", "number_key"),
	CALL_BACK: ("number", "caller_name", "open_key"),
	"Coverage Decision": ("answered_by",),
	"Portal Invitation": ("email", "full_name"),
	CONTRACT: ("signed_by",),
	ENGINEER: ("engineer_name", "phone"),
}
# those that hold an e-mail address, by which documents are found
ADDRESSES = (
	(MESSAGE, "recipient"),
	(MAIL, "sender"),
	("Service Survey", "contact_email"),
	("Service Survey", "answered_by"),
	("Coverage Decision", "answered_by"),
	("Portal Invitation", "email"),
)
# keys of the app and names of companies: nothing is replaced in them
KEPT = (
	"customer_name",
	"intake_key",
	"source_key",
	"survey_key",
	"answer_key",
	"message_key",
	"server_key",
	"content_key",
	"decision_key",
	"token_hash",
)
# field that is emptied together with the name it belongs to
WITH_NAME = {"signature": "signed_by"}
# letters of scripts with spaces between words, and digits: a word next to one is part of a longer word
INSIDE = "0-9A-Za-z_\u00c0-\u052f"
# Chinese, Japanese and Korean names are written without spaces
WITHOUT_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]{2,}")
SHORTEST_NUMBER = 6  # digits; shorter ones may be anything in a text


class Part(Enum):
	"""What a person has to do with a case: it is with them; it names them, but a caller's name that somebody typed is another's;
	it is with somebody else, and they reported it or their address stands there."""

	CONTACT = auto()
	NAMED = auto()
	BESIDE = auto()


@dataclass(frozen=True)
class Person:
	"""The person that a request is about. email: the confirmed address. contacts: trusted Contacts of theirs; claimed: also those that
	only say so. names, addresses, numbers: what else they are called and reached by."""

	email: str
	names: frozenset[str] = field(default_factory=frozenset)
	addresses: frozenset[str] = field(default_factory=frozenset)
	numbers: frozenset[str] = field(default_factory=frozenset)
	contacts: frozenset[str] = field(default_factory=frozenset)
	claimed: frozenset[str] = field(default_factory=frozenset)

	def is_meant(self, value: Any) -> bool:
		known = (self.email, *self.names, *self.addresses, *self.numbers)
		return str(value or "").strip().casefold() in {word.casefold() for word in known}

	def erased_from(self, text: str) -> str:
		"""`text` without the person; whole words only, where a language has words between spaces."""
		for word in sorted(self._words(), key=len, reverse=True):
			text = re.sub(_pattern(word), GONE, text, flags=re.IGNORECASE)
		return text

	def beside_others(self) -> Person:
		"""The person on a case that somebody else stands in: a further address or a number may be theirs as well."""
		return replace(self, addresses=frozenset(), numbers=frozenset())

	def _words(self) -> set[str]:
		"""What stands for nobody else in a text: no first name alone, which is a word like any other."""
		names = {name for name in self.names if " " in name or WITHOUT_SPACES.fullmatch(name)}
		numbers = {number for number in self.numbers if len(re.sub(r"\D", "", number)) >= SHORTEST_NUMBER}
		return {self.email, *self.addresses, *names, *numbers}


def before_erasure(request: Document, method: str | None = None) -> None:
	"""Listens to Personal Data Deletion Request: Frappe carries it out now (overrides/personal_data_deletion_request.py)."""
	person = person_of(request.email)
	cases = cases_of(person)
	_erase_raw_mails(person)  # found by their sender, who is erased from their rows below
	# whatever it says of its contact is theirs
	_erase_on_cases(cases[Part.CONTACT], person, emptied=PERSON[CASE])
	_erase_on_cases(cases[Part.NAMED], person)
	_erase_on_cases(cases[Part.BESIDE], person.beside_others(), kept=("contact_name", "contact_phone"))
	_erase_words_of_surveys(person, cases)
	for doctype, fieldname in ADDRESSES:
		_redact(doctype, _named(doctype, {fieldname: [person.email]}), person.beside_others())
	_redact(UNIT, _named(UNIT, {"contact": person.contacts}), person)
	_erase_calls(person)
	_erase_from_contracts(person)
	_erase_engineer(person)


def _erase_calls(person: Person) -> None:
	"""Calls of the person's Contacts, and whom we have to call back: nobody does any more."""
	for doctype in (CALL, CALL_BACK):
		_redact(doctype, _named(doctype, {"contact": person.contacts}), person, emptied=PERSON[doctype])
	# `open_key` is unique: an erased one is none
	gone = {"open_key": None, "state": "Done"}
	for name in _named(CALL_BACK, {"contact": person.contacts}):
		frappe.db.set_value(CALL_BACK, name, gone, update_modified=False)


def _erase_words_of_surveys(person: Person, cases: dict[Part, list[str]]) -> None:
	"""What was answered in words, in surveys about their requests and in those they were asked; before the addresses are gone."""
	requests = [case for names in cases.values() for case in names]
	surveys = _named("Service Survey", {"service_request": requests})
	surveys += _named("Service Survey", {"contact_email": [person.email]})
	_redact(ANSWER, _named(ANSWER, {"parent": surveys}), person.beside_others())


def _erase_raw_mails(person: Person) -> None:
	"""The stored messages that the person wrote; their rows stay, so that they are not fetched again."""
	for row in frappe.get_all(MAIL, {"sender": person.email}, ["name", "raw_hash"], order_by=None):
		if row.raw_hash:
			frappe.db.after_commit.add(partial(spool.forget, row.raw_hash))
			frappe.db.set_value(MAIL, row.name, "raw_hash", None, update_modified=False)


def person_of(email: str) -> Person:
	user = frappe.db.get_value("User", email, ["full_name", "phone", "mobile_no"], as_dict=True) or {}
	claimed = _contacts_of(email)
	# Frappe has just disabled the user, who may have saved their own Contact
	ties = contact_ties.ties_of_contacts(claimed, also=email)
	contacts = {tie.contact for tie in ties if tie.known}
	addresses: set[str] = set()
	names, numbers = {user.get("full_name")}, {user.get("phone"), user.get("mobile_no")}
	for contact in sorted(contacts):
		row = frappe.get_doc("Contact", contact)
		names.add(row.full_name)
		addresses.update(row.email_id for row in row.email_ids)
		numbers.update(row.phone for row in row.phone_nos)
	return Person(
		email, _filled(names), _filled(addresses), _filled(numbers), frozenset(contacts), frozenset(claimed)
	)


def _contacts_of(email: str) -> list[str]:
	"""Contacts that have `email` for their login or, without one, for their first address; none where these are several people."""
	by_login = _named("Contact", {"user": [email]})
	by_address = {"name": ("in", _named("Contact", {"email_id": [email]}) or [""]), "user": ("is", "not set")}
	rows = dict(frappe.get_all("Contact", by_address, ["name", "full_name"], as_list=True))
	known = {tie.contact for tie in contact_ties.ties_of_contacts(rows, also=email) if tie.known}
	people = {(rows[name] or "").casefold() for name in known}
	return by_login if len(people) > 1 else [*by_login, *rows]


def cases_of(person: Person) -> dict[Part, list[str]]:
	"""Cases the person has to do with, by their part in them."""
	found = {*_named(CASE, {"contact_email": [person.email]}), *_named(CASE, {"contact": person.contacts})}
	# cases that staff enter are reported by somebody else
	if frappe.db.get_value("User", person.email, "user_type") != contact_ties.DESK:
		found.update(_named(CASE, {"owner": [person.email]}))
	cases: dict[Part, list[str]] = {part: [] for part in Part}
	fields = ["name", "contact", "contact_name", "contact_email"]
	for case in frappe.get_all(CASE, {"name": ("in", sorted(found) or [""])}, fields, order_by="name"):
		cases[_part_in(case, person)].append(case.name)
	return cases


def _part_in(case: Any, person: Person) -> Part:
	is_called = not case.contact_name or person.is_meant(case.contact_name)
	if case.contact in person.contacts:
		return Part.CONTACT if is_called else Part.NAMED
	if case.contact and case.contact not in person.claimed:
		return Part.BESIDE
	if case.contact_email:
		own = case.contact_email.casefold() == person.email.casefold()
		return Part.CONTACT if own else Part.BESIDE
	return Part.CONTACT if is_called else Part.BESIDE


def _erase_on_cases(cases: list[str], person: Person, **fields: tuple[str, ...]) -> None:
	"""From `cases` and what hangs on them. fields: see `_redact`."""
	_redact(CASE, cases, person, **fields)
	for link in link_fields():
		if link.options == CASE and not frappe.get_meta(link.parent).istable:
			_redact(link.parent, _named(link.parent, {link.fieldname: cases}), person)


def _erase_from_contracts(person: Person) -> None:
	"""Who signed a contract of the customers that the person belongs to. A contract names no Contact, only a name: it must be
	the one that staff gave the person's Contact, for everybody may call themselves as a colleague is called."""
	for tie in contact_ties.ties_of_contacts(person.contacts):
		if not tie.by_staff:
			continue
		called = (frappe.db.get_value("Contact", tie.contact, "full_name") or "").strip().casefold()
		signed = frappe.get_all(CONTRACT, {"customer": tie.customer}, ["name", "signed_by"], order_by=None)
		for contract in signed:
			if called and (contract.signed_by or "").strip().casefold() == called:
				frappe.db.set_value(CONTRACT, contract.name, "signed_by", GONE, update_modified=False)


def _erase_engineer(person: Person) -> None:
	"""The engineer that this user is, and their name wherever it is fetched from there."""
	engineers = _named(ENGINEER, {"user": [person.email]})
	_redact(ENGINEER, engineers, person, emptied=PERSON[ENGINEER])
	for link in link_fields():
		if link.options != ENGINEER:
			continue
		meta = frappe.get_meta(link.parent)
		copies = [copy for copy in meta.fields if copy.fetch_from == f"{link.fieldname}.engineer_name"]
		for name in _named(link.parent, {link.fieldname: engineers}) if copies else ():
			gone = {copy.fieldname: GONE for copy in copies}
			frappe.db.set_value(link.parent, name, gone, update_modified=False)


def _redact(
	doctype: str, names: list[str], person: Person, emptied: tuple[str, ...] = (), kept: tuple[str, ...] = ()
) -> None:
	"""Erase by writing the rows directly, because ledgers and closed cases refuse changes by a save.

	emptied: fields that are the person's whatever they hold. kept: those that are somebody else's.
	"""
	meta = frappe.get_meta(doctype)
	for name in names:
		stored = frappe.db.get_value(doctype, name, "*", as_dict=True)
		changes: dict[str, Any] = {
			fieldname: _emptied(meta.get_field(fieldname)) for fieldname in emptied if stored.get(fieldname)
		}
		for df in meta.fields:
			value = stored.get(df.fieldname)
			if not value or df.fieldname in (*KEPT, *kept, *emptied):
				continue
			if df.fieldname in PERSON.get(doctype, ()):
				if person.is_meant(stored.get(WITH_NAME.get(df.fieldname, df.fieldname))):
					changes[df.fieldname] = _emptied(df)
			elif df.fieldtype in TEXTS and (left := person.erased_from(value)) != value:
				changes[df.fieldname] = left
		if changes:
			frappe.db.set_value(doctype, name, changes, update_modified=False)


def _named(doctype: str, wanted: dict[str, Iterable[str]]) -> list[str]:
	"""Documents whose fields hold one of the values. An empty list finds nothing: Frappe's `in` would find what is empty."""
	if not all(wanted.values()):
		return []
	filters = {fieldname: ("in", sorted(values)) for fieldname, values in wanted.items()}
	return frappe.get_all(doctype, filters, pluck="name", order_by=None)


def _filled(words: Iterable[str | None]) -> frozenset[str]:
	return frozenset(word.strip() for word in words if word and len(word.strip()) > 1)


def _pattern(word: str) -> str:
	"""`word` where it is not part of a longer one. An address is part of another behind a dot, too."""
	if WITHOUT_SPACES.fullmatch(word):
		return re.escape(word)
	before, after = (".+-", rf"(?![{INSIDE}-]|\.[{INSIDE}])") if "@" in word else ("", f"(?![{INSIDE}])")
	return rf"(?<![{INSIDE}{before}]){re.escape(word)}{after}"


def _emptied(df: Any) -> str | None:
	"""An address or number that is none would be refused, or written to."""
	return None if df.options in ("Email", "Phone") or df.fieldtype == "Signature" else GONE
