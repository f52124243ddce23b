"""Which request a letter answers, and whether its writer may join it.

A request is found by our own signed Message-ID, by any message of it that the letter answers (all of *References* is searched),
or by its number in the subject. To join, the writer must also be known on it: one of the customer's people, somebody who wrote
in or was addressed before, or one of ours. A stranger who has our number opens a request of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe.model.document import Document

from support_service.service_intake.mail import letters, rules
from support_service.service_intake.mail.people import Writer
from support_service.support_service.merging import whole
from support_service.support_service.messaging import customer_people, outgoing, reply_tokens

CASE, MAIL = "Service Request", "Service Mail"


@dataclass(frozen=True, slots=True)
class Thread:
	"""The request a letter is about. known: its writer may join it. by_number: only its subject says so."""

	case: Document
	known: bool
	by_number: bool = False


def find(letter: letters.Letter, writer: Writer | None) -> Thread | None:
	"""The request that `letter` answers; None where it answers none."""
	for name in _by_messages(letter.answers):
		if thread := _thread(name, letter, writer, answers=True):
			return thread
	for name in rules.numbers_in(letter.subject):
		if thread := _thread(name, letter, writer, answers=False):
			return thread
	return None


def _thread(name: str, letter: letters.Letter, writer: Writer | None, *, answers: bool) -> Thread | None:
	"""The thread of the request `name`; where that was merged, of the one it goes on as, which its writers may join, too."""
	named = _case(name)
	if not named:
		return None
	case = named
	if named.merged_into and (case := _case(whole.goes_on_as(name))) and case is not named:
		case.flags.addressed_as = name
	known = writer is not None and any(
		_may_join(one, writer, letter, answers=answers) for one in (named, case) if one
	)
	return Thread(case or named, known, by_number=not answers)


def _by_messages(ids: list[str]) -> Iterable[str]:
	"""Requests that the messages with these Message-IDs are about, the nearest message first."""
	if not ids:
		return []
	found: dict[str, str] = {}
	key = outgoing.secret()
	for case, signature in reply_tokens.signed_cases(ids):
		if reply_tokens.is_signed(case, signature, key):
			found.setdefault(f"signed:{case}", case)
	said = _said_in(ids)
	nearest = [said[one] for one in ids if one in said]
	return dict.fromkeys([*found.values(), *nearest])


def _said_in(ids: list[str]) -> dict[str, str]:
	"""Message-ID → request, for messages of ours and of others that are stored."""
	found: dict[str, str] = {}
	mail = {"message_id": ("in", ids), "request": ("is", "set")}
	for row in frappe.get_all(MAIL, mail, ["message_id", "request"], order_by="creation desc"):
		found.setdefault(row.message_id, row.request)
	about = {"message_id": ("in", ids), "reference_doctype": CASE, "reference_name": ("is", "set")}
	for doctype in ("Communication", "Email Queue"):
		fields = ["message_id", "reference_name"]
		for row in frappe.get_all(doctype, about, fields, order_by="creation desc"):
			found[row.message_id.strip("<> ")] = row.reference_name
	return found


def _may_join(case: Document, writer: Writer, letter: letters.Letter, *, answers: bool) -> bool:
	if letter.is_forged:
		return False
	if writer.is_staff:
		return True
	if case.customer and case.customer in writer.speaks_for:
		return True
	if writer.address in customer_people.speakers(case):
		return True
	return answers and writer.address in _addressed(case)


def _addressed(case: Document) -> set[str]:
	"""Whom messages of the request went to, and who wrote them: people in CC may answer, too."""
	rows = frappe.get_all(
		"Communication",
		{"reference_doctype": CASE, "reference_name": case.name, "communication_type": "Communication"},
		["sender", "recipients", "cc"],
		order_by="creation desc",
		limit=200,
	)
	return {
		one
		for row in rows
		for text in (row.sender, row.recipients, row.cc)
		for one in customer_people.bare(text)
	}


def _case(name: str) -> Document | None:
	return frappe.get_doc(CASE, name) if frappe.db.exists(CASE, name) else None
