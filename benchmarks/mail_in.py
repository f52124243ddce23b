"""Mails from a mailbox to requests against Frappe's own pull making ERPNext Issues of the same mails.

Both read the same mails from the same IMAP server (Debian's dovecot, in a folder of its own), each from a mailbox of its own,
and both commit. Ours stores every message raw first, marks it on the server, and then works it off; Frappe's Email Account
(`Append To: Issue`) fetches all, marks them, and makes an Issue and a Communication of each. Rounds take turns.
"""

from __future__ import annotations

import statistics
from email.message import EmailMessage
from typing import Any

import frappe
from frappe.utils import now_datetime

from benchmarks.harness import Result, seconds, size
from support_service.service_intake.mail import process, pull
from tests.dovecot import PASSWORD, Dovecot
from tests.factories import make_contact, make_customer, make_email_account
from tests.site.mail_world import MAIL, MAILBOX, make_mailbox

MAILS = size("MAIL_IN_MAILS", 50, 3)
ROUNDS = size("MAIL_IN_ROUNDS", 6, 1)


def run() -> Result:
	customer = make_customer().name
	sender = f"li@{frappe.generate_hash(length=8)}.example"
	make_contact(customer, sender)
	frappe.db.set_value(MAILBOX, {"enabled": 1}, "enabled", 0)
	with Dovecot() as server:
		ours, peer = make_mailbox(server, hourly_limit=0), _account(server)
		frappe.db.commit()  # both commit by themselves
		try:
			times = [_round(server, ours, peer, sender, number + 1) for number in range(ROUNDS + 1)][1:]
		finally:
			frappe.db.rollback()
			frappe.db.set_value(MAILBOX, ours.name, "enabled", 0)
			frappe.delete_doc("Email Account", peer.name, force=True)
			frappe.db.commit()
	mine, theirs = zip(*times, strict=True)
	return Result(
		name="mail_in",
		ours=round(statistics.median(mine) * 1000 / MAILS, 2),
		peer=round(statistics.median(theirs) * 1000 / MAILS, 2),
		ratio=round(statistics.median(a / b for a, b in times), 3),
		unit="ms a mail",
		n=MAILS * ROUNDS,
		extra={"mails_per_second": round(MAILS / statistics.median(mine), 1)},
	)


def _round(server: Dovecot, ours: Any, peer: Any, sender: str, number: int) -> tuple[float, float]:
	mails = [_mail(sender) for _ in range(MAILS)]
	for login in (ours.email_id, peer.email_id):
		server.deliver(login, *mails)
	mine = seconds(lambda: _ours(ours.name))
	theirs = seconds(lambda: _peers(peer.name))
	done = {"mailbox": ours.name, "state": pull.PROCESSED, "kind": process.NEW}
	assert frappe.db.count(MAIL, done) == MAILS * number, "not all became requests"
	assert frappe.db.count("Issue", {"raised_by": sender}) == MAILS * number, "not all became Issues"
	return mine, theirs


def _ours(mailbox: str) -> None:
	assert pull.pull(mailbox) == MAILS
	due = {"mailbox": mailbox, "state": pull.RECEIVED}
	frappe.db.set_value(MAIL, due, "next_try", now_datetime(), update_modified=False)
	process.run(limit=5000)


def _peers(account: str) -> None:
	frappe.get_doc("Email Account", account).receive()
	frappe.db.commit()  # what Frappe's scheduler does after each job


def _account(server: Dovecot) -> Any:
	account = make_email_account(
		default_outgoing=0, enable_outgoing=0, awaiting_password=1, email_sync_option="UNSEEN"
	)
	values = {
		"enable_incoming": 1,
		"email_server": "127.0.0.1",
		"incoming_port": server.imap,
		"use_imap": 1,
		"use_ssl": 0,
		"awaiting_password": 0,
		"password": "*" * len(PASSWORD),
	}
	frappe.db.set_value("Email Account", account.name, values)
	frappe.utils.password.set_encrypted_password("Email Account", account.name, PASSWORD)
	folder = frappe.get_doc(
		{
			"doctype": "IMAP Folder",
			"parent": account.name,
			"parenttype": "Email Account",
			"parentfield": "imap_folder",
			"folder_name": "INBOX",
			"append_to": "Issue",
			"idx": 1,
		}
	)
	folder.db_insert()
	frappe.clear_document_cache("Email Account", account.name)
	return frappe.get_doc("Email Account", account.name)


def _mail(sender: str) -> bytes:
	mail = EmailMessage()
	mail["From"], mail["To"] = f"Li Na <{sender}>", "service@ours.example"
	mail["Subject"] = f"The pump leaks {frappe.generate_hash(length=10)}"
	mail["Message-ID"] = f"<{frappe.generate_hash(length=20)}@customer.example>"
	mail["Date"] = "Sat, 28 Nov 2026 08:00:00 +0000"
	mail.set_content("It drips since this morning.\n" * 10)
	mail.add_alternative("<p>It <b>drips</b> since this morning.</p>" * 10, subtype="html")
	return mail.as_bytes()
