"""A service mailbox on a real IMAP and POP3 server, with mails that tests write."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import now_datetime

from support_service.service_intake.mail import process, pull, spool
from tests.dovecot import PASSWORD, Dovecot
from tests.factories import insert, make_contact, make_customer, unique

CASE, MAIL, MAILBOX = "Service Request", "Service Mail", "Service Mailbox"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
	with Dovecot() as server:
		yield server


def make_mailbox(server: Dovecot | None = None, **overrides: Any) -> Any:
	"""An IMAP mailbox that takes in what is there; of no server where a test stores by itself."""
	local = frappe.generate_hash(length=10)
	values = {
		"mailbox_name": unique("Mailbox"),
		"email_id": f"{local}@ours.example",
		"protocol": overrides.get("protocol", "IMAP"),
		"server": "127.0.0.1",
		"security": "None",
		"password": PASSWORD,
		"take_existing": 1,
	}
	values["port"] = getattr(server, values["protocol"].lower()) if server else 1
	return insert(MAILBOX, values, overrides)


@pytest.fixture
def world() -> SimpleNamespace:
	"""A mailbox without a server, and a customer with a known contact."""
	domain = f"{frappe.generate_hash(length=8)}.example"
	found = SimpleNamespace(domain=domain, address=f"li@{domain}", mailbox=make_mailbox())
	found.customer = make_customer().name
	found.contact = make_contact(found.customer, found.address).name
	return found


def letter(
	sender: str, to: str, subject: str = "The pump leaks", text: str = "It drips.", **headers: str
) -> EmailMessage:
	mail = EmailMessage()
	mail["From"] = sender
	mail["To"] = to
	mail["Subject"] = subject
	mail["Message-ID"] = headers.pop("Message_ID", f"<{frappe.generate_hash(length=16)}@customer.example>")
	mail["Date"] = headers.pop("Date", "Sat, 28 Nov 2026 08:00:00 +0000")
	for name, value in headers.items():
		mail[name.replace("_", "-")] = value
	mail.set_content(text)
	return mail


def take_in(mailbox: Any, *mails: EmailMessage | bytes) -> list[Any]:
	"""Store and process mails within this test's transaction; returns their rows."""
	names = []
	for mail in mails:
		raw = mail if isinstance(mail, bytes) else mail.as_bytes()
		name = pull.store(mailbox, frappe.generate_hash(length=12), "1", raw)
		if frappe.db.get_value(MAIL, name, "state") == pull.RECEIVED:
			process.process(name)
		names.append(name)
	return [frappe.get_doc(MAIL, name) for name in names]


def one(mailbox: Any, mail: EmailMessage | bytes) -> Any:
	(row,) = take_in(mailbox, mail)
	return row


def case_of(row: Any) -> Any:
	return frappe.get_doc(CASE, row.request)


def notes_on(case: str) -> str:
	rows = frappe.get_all(
		"Comment",
		{"reference_doctype": CASE, "reference_name": case, "comment_type": "Info"},
		pluck="content",
	)
	return "\n".join(rows)


def messages_on(case: str, kind: str = "Communication") -> list[Any]:
	filters = {"reference_doctype": CASE, "reference_name": case, "communication_type": kind}
	return frappe.get_all("Communication", filters, ["name", "sender", "content"], order_by="creation")


def work_off(mailbox: str) -> None:
	"""Process what is stored of one mailbox, as the sweep does, whatever else waits on this site. Commits."""
	for name in frappe.get_all(
		MAIL, {"mailbox": mailbox, "state": pull.RECEIVED}, pluck="name", order_by="creation"
	):
		frappe.db.set_value(MAIL, name, "next_try", now_datetime(), update_modified=False)
	frappe.db.commit()
	process.run(limit=5000)


def rows_of(mailbox: str) -> list[Any]:
	frappe.db.rollback()  # what other connections have committed
	fields = [
		"name",
		"state",
		"kind",
		"request",
		"communication",
		"raw_hash",
		"reason",
		"error",
		"same_as",
		"to_mark",
		"uid",
	]
	return frappe.get_all(MAIL, {"mailbox": mailbox}, fields, order_by="creation, name")


def raw_of(row: Any) -> bytes:
	return spool.read(row.raw_hash)
