"""Mail that comes in: from a real IMAP and POP3 server to a request, an answer, quarantine, or aside."""

from __future__ import annotations

import base64

import frappe
import pytest

from support_service.service_intake.mail import pull, spool
from tests.site.mail_world import (  # noqa: F401 - fixtures
	CASE,
	case_of,
	dovecot,
	letter,
	make_mailbox,
	messages_on,
	one,
	raw_of,
	rows_of,
	take_in,
	work_off,
	world,
)


def test_from_the_server_to_a_request(dovecot, world):  # noqa: F811
	box = make_mailbox(dovecot, department_queue="Technical Support")
	mail = letter(f"Li Na <{world.address}>", box.email_id).as_bytes()
	dovecot.deliver(box.email_id, mail)
	frappe.db.commit()  # the pull commits
	assert pull.pull(box.name) == 1
	(row,) = rows_of(box.name)
	assert raw_of(row).replace(b"\r\n", b"\n") == mail and not row.to_mark
	assert b"Seen" in dovecot.flags(box.email_id)[row.uid]
	work_off(box.name)
	(row,) = rows_of(box.name)
	case = case_of(row)
	assert (row.state, row.kind) == ("Processed", "New Request"), row
	assert (case.subject, case.channel, case.customer) == ("The pump leaks", "E-mail", world.customer)
	assert (case.contact_email, case.contact_name, case.contact) == (world.address, "Li Na", world.contact)
	assert (case.reply_from, case.department_queue) == (box.email_id, "Technical Support")
	assert "It drips." in case.description
	(message,) = messages_on(case.name)
	assert (message.sender, message.name) == (world.address, row.communication)


def test_pulled_twice_is_one(dovecot, world):  # noqa: F811
	box = make_mailbox(dovecot)
	dovecot.deliver(box.email_id, letter(world.address, box.email_id).as_bytes())
	frappe.db.commit()  # the pull commits
	assert [pull.pull(box.name), pull.pull(box.name)] == [1, 0]
	assert not frappe.db.get_value("Service Mailbox", box.name, "last_error")
	# the mail server numbers anew: the message is known by its content
	dovecot.renumber(box.email_id)
	assert pull.pull(box.name) == 1
	work_off(box.name)
	states = [(row.state, row.kind) for row in rows_of(box.name)]
	assert states == [("Processed", "New Request"), ("Ignored", "Duplicate")]


def test_pop3_deletes_what_is_stored(dovecot, world):  # noqa: F811
	box = make_mailbox(dovecot, protocol="POP3", after_storing="Delete")
	mails = [letter(world.address, box.email_id, subject=f"No. {n}").as_bytes() for n in range(3)]
	dovecot.deliver(box.email_id, *mails)
	frappe.db.commit()  # the pull commits
	assert pull.pull(box.name) == 3
	assert dovecot.raw(box.email_id) == []
	assert pull.pull(box.name) == 0
	rows = rows_of(box.name)
	assert [raw_of(row).replace(b"\r\n", b"\n") for row in rows] == mails
	assert not any(row.to_mark for row in rows)


def test_what_lay_there_before_is_left_alone(dovecot, world):  # noqa: F811
	box = make_mailbox(dovecot, take_existing=0)
	dovecot.deliver(box.email_id, letter(world.address, box.email_id, subject="Old").as_bytes())
	frappe.db.commit()  # the pull commits
	assert pull.pull(box.name) == 0
	dovecot.deliver(box.email_id, letter(world.address, box.email_id, subject="New").as_bytes())
	assert pull.pull(box.name) == 1
	(row,) = rows_of(box.name)
	assert frappe.db.get_value("Service Mail", row.name, "subject") == "New"


def test_a_server_that_is_down_is_said_and_asked_again(world):  # noqa: F811
	box = make_mailbox()
	frappe.db.commit()  # the pull commits
	assert pull.pull(box.name) == 0
	box.reload()
	assert box.failures == 1 and "refused" in box.last_error and box.next_pull
	frappe.db.set_value("Service Mailbox", box.name, "enabled", 0)
	frappe.db.commit()


@pytest.mark.parametrize("protocol", ["IMAP", "POP3"])
def test_a_message_that_the_server_cannot_read_holds_up_no_other(dovecot, world, protocol):  # noqa: F811
	box = make_mailbox(dovecot, protocol=protocol)
	mails = [letter(world.address, box.email_id, subject=f"No. {n}").as_bytes() for n in range(3)]
	dovecot.deliver(box.email_id, *mails)
	(folder,) = (dovecot.folder / "mail" / box.email_id).glob("new")
	second = sorted(folder.iterdir())[1]
	second.chmod(0)
	frappe.db.commit()  # the pull commits
	assert pull.pull(box.name) == 2
	assert "UID" in box.reload().last_error and not box.failures
	assert pull.pull(box.name) == 0
	(second,) = (dovecot.folder / "mail" / box.email_id).glob(f"*/{second.name}*")
	second.chmod(0o600)
	assert pull.pull(box.name) == 1
	assert not box.reload().last_error
	frappe.db.rollback()
	subjects = frappe.get_all("Service Mail", {"mailbox": box.name}, pluck="subject")
	assert sorted(subjects) == ["No. 0", "No. 1", "No. 2"]


def test_a_large_message_arrives_whole(dovecot, world):  # noqa: F811
	box = make_mailbox(dovecot)
	mail = letter(world.address, box.email_id)
	mail.add_attachment(b"@@", maintype="application", subtype="zip", filename="log.zip")
	raw = mail.as_bytes().replace(b"QEA=", base64.encodebytes(b"x" * 25 * 1024 * 1024))
	dovecot.deliver(box.email_id, raw)
	frappe.db.commit()  # the pull commits
	assert pull.pull(box.name) == 1
	work_off(box.name)
	(row,) = rows_of(box.name)
	assert raw_of(row).replace(b"\r\n", b"\n") == raw and row.state == "Processed"
	assert not frappe.get_all("File", {"attached_to_name": row.communication})
	comments = frappe.get_all("Comment", {"reference_name": row.request}, pluck="content")
	assert any("log.zip (25.0 MB)" in text for text in comments)
	spool.forget(row.raw_hash)


def test_an_attachment_is_a_private_file(world):  # noqa: F811
	mail = letter(world.address, world.mailbox.email_id)
	mail.add_attachment(b"1;2", maintype="text", subtype="csv", filename="../../plan.csv")
	row = one(world.mailbox, mail)
	(file,) = frappe.get_all(
		"File", {"attached_to_name": row.communication}, ["file_name", "is_private", "file_url"]
	)
	assert file.is_private and file.file_url.startswith("/private/files/plan") and "/" not in file.file_name


def test_an_answer_joins_by_our_message_id_and_ends_the_wait(world):  # noqa: F811
	first = one(
		world.mailbox, letter(world.address, world.mailbox.email_id, Message_ID="<first@customer.example>")
	)
	mine = letter(
		world.address, world.mailbox.email_id, subject="Re: leaks", In_Reply_To="<first@customer.example>"
	)
	row = one(world.mailbox, mine)
	assert (row.kind, row.request) == ("Answer", first.request)
	assert len(messages_on(first.request)) == 2


def test_unreadable_senders_wait_for_a_person(world):  # noqa: F811
	rows = take_in(world.mailbox, b"Subject: nothing\n\nno sender", b"", b"\x00\xff\xfe garbage")
	assert {row.state for row in rows} == {"Quarantined"}
	assert not frappe.db.exists(CASE, {"intake_key": ("in", [f"E-mail:{row.name}" for row in rows])})
