"""Which request a mail joins, whose it is, and what is no person's mail; the examples are complaints about other systems."""

from __future__ import annotations

from email import message_from_bytes
from email.utils import format_datetime
from pathlib import Path

import frappe
import pytest
from frappe.core.doctype.communication.email import make
from frappe.utils import add_to_date, now_datetime

from support_service.foundation import instants
from support_service.service_intake.mail import api, letters, process, pull, repair, spool
from support_service.support_service.messaging import messages, notify, outgoing, reply_tokens
from support_service.support_service.moves import apply_move
from tests.factories import (
	make_contact,
	make_customer,
	make_email_account,
	make_installed_unit,
	make_service_engineer,
	make_service_request,
	make_user,
)
from tests.site.clock_world import at
from tests.site.mail_world import (  # noqa: F401 - fixtures
	CASE,
	MAIL,
	case_of,
	letter,
	make_mailbox,
	messages_on,
	notes_on,
	one,
	take_in,
	world,
)

STRANGER = "stranger@elsewhere.example"


def begun(world, **headers):  # noqa: F811
	"""The customer has written a first mail; its row."""
	return one(world.mailbox, letter(world.address, world.mailbox.email_id, **headers))


def queued_about(case: str) -> list:
	"""What the outbox sends about a new case, as it would leave."""
	for name in frappe.get_all("Service Request Move", {"request": case, "told": 0}, pluck="name"):
		notify.notify(name)
	for name in frappe.get_all("Service Message", {"request": case, "status": "Queued"}, pluck="name"):
		messages.send(name)
	return [
		frappe.get_doc("Email Queue", name)
		for name in frappe.get_all("Email Queue", {"reference_name": case}, pluck="name", order_by="creation")
	]


class TestJoins:
	def test_a_strangers_mail_with_our_number_opens_its_own(self, world):  # noqa: F811
		first = begun(world)
		row = one(
			world.mailbox, letter(STRANGER, world.mailbox.email_id, subject=f"Re: [{first.request}] leaks")
		)
		assert row.kind == "New Request" and row.request != first.request
		assert len(messages_on(first.request)) == 1
		assert first.request in notes_on(row.request)

	def test_the_customer_with_only_the_number_joins(self, world):  # noqa: F811
		first = begun(world)
		row = one(
			world.mailbox, letter(world.address, world.mailbox.email_id, subject=f"AW: {first.request}")
		)
		assert (row.kind, row.request) == ("Answer", first.request)

	def test_all_of_references_is_searched(self, world):  # noqa: F811
		"""The customer answers a mail that staff wrote outside the system."""
		first = begun(world, Message_ID="<first@customer.example>")
		row = one(
			world.mailbox,
			letter(
				world.address,
				world.mailbox.email_id,
				subject="Re: something else",
				In_Reply_To="<written-in-outlook@ours.example>",
				References="<first@customer.example> <written-in-outlook@ours.example>",
			),
		)
		assert row.request == first.request

	def test_a_colleague_in_cc_answers_the_customers_own_mail(self, world):  # noqa: F811
		first = begun(world, Message_ID="<own@customer.example>", Cc=f"wang@{world.domain}")
		row = one(
			world.mailbox,
			letter(f"wang@{world.domain}", world.mailbox.email_id, In_Reply_To="<own@customer.example>"),
		)
		assert (row.kind, row.request) == ("Answer", first.request)

	def test_who_knows_the_message_but_is_unknown_opens_their_own(self, world):  # noqa: F811
		first = begun(world, Message_ID="<known@customer.example>")
		row = one(
			world.mailbox, letter(STRANGER, world.mailbox.email_id, In_Reply_To="<known@customer.example>")
		)
		assert row.kind == "New Request" and row.request != first.request

	def test_our_token_needs_a_known_sender_too(self, world):  # noqa: F811
		first = begun(world)
		token = f"<{reply_tokens.token(first.request, outgoing.secret())}.x@{frappe.local.site}>"
		own = one(
			world.mailbox, letter(world.address, world.mailbox.email_id, subject="?", In_Reply_To=token)
		)
		other = one(world.mailbox, letter(STRANGER, world.mailbox.email_id, subject="?", In_Reply_To=token))
		assert own.request == first.request and other.request not in (None, first.request)
		signed = reply_tokens.signed_cases([token.strip("<>")])
		forged = token.replace(signed[0][1], "0" * 20)
		row = one(
			world.mailbox, letter(world.address, world.mailbox.email_id, subject="?", In_Reply_To=forged)
		)
		assert row.request != first.request

	def test_an_answer_long_after_closing_opens_a_linked_case(self, world):  # noqa: F811
		first = begun(world, Message_ID="<old@customer.example>")
		closed = {"status": "Closed", "closed_on": add_to_date(now_datetime(), days=-30)}
		frappe.db.set_value(CASE, first.request, closed)
		answer = {"In_Reply_To": "<old@customer.example>"}
		row = one(world.mailbox, letter(world.address, world.mailbox.email_id, **answer))
		assert row.kind == "New Request"
		assert case_of(row).previous_request == first.request and row.request in notes_on(first.request)
		frappe.db.set_value(CASE, first.request, "closed_on", add_to_date(now_datetime(), days=-2))
		assert (
			one(world.mailbox, letter(world.address, world.mailbox.email_id, **answer)).request
			== first.request
		)

	def test_the_answer_ends_the_wait_when_it_was_written(self, world):  # noqa: F811
		with at("2025-09-01 09:00"):
			first = begun(world, Message_ID="<ask@customer.example>")
			engineer = make_service_engineer()
			frappe.db.set_value(CASE, first.request, "team", engineer.team)
			apply_move(first.request, "assign", engineer=engineer.name)
			apply_move(first.request, "start")
		with at("2025-09-01 10:00"):
			apply_move(first.request, "wait_for_customer", reason="Which model?")
		written = instants.utc_column(instants.to_utc("2025-09-01 12:00"))
		answer = {"In_Reply_To": "<ask@customer.example>", "Date": format_datetime(written)}
		automatic = {**answer, "Auto_Submitted": "auto-replied"}
		with at("2025-09-01 15:00"):  # fetched late
			row = one(world.mailbox, letter(world.address, world.mailbox.email_id, **automatic))
			assert (row.state, row.kind, row.request) == ("Ignored", "Automatic Reply", first.request)
			assert not case_of(first).customer_answered_on
			assert len(messages_on(first.request, "Automated Message")) == 1
			one(world.mailbox, letter(world.address, world.mailbox.email_id, **answer))
		assert str(case_of(first).customer_answered_on) == "2025-09-01 12:00:00"


class TestWho:
	def test_by_mail_domain_of_one_customer_only(self, world):  # noqa: F811
		row = one(world.mailbox, letter(f"new@{world.domain}", world.mailbox.email_id))
		assert case_of(row).customer == world.customer and case_of(row).contact_email == f"new@{world.domain}"
		make_contact(make_customer().name, f"other@{world.domain}")
		row = one(world.mailbox, letter(f"newer@{world.domain}", world.mailbox.email_id))
		assert not case_of(row).customer

	def test_a_free_mail_domain_says_nothing(self, world):  # noqa: F811
		local = frappe.generate_hash(length=8)
		make_contact(world.customer, f"{local}@gmail.com")
		assert (
			case_of(one(world.mailbox, letter(f"{local}@gmail.com", world.mailbox.email_id))).customer
			== world.customer
		)
		assert not case_of(one(world.mailbox, letter(f"x{local}@gmail.com", world.mailbox.email_id))).customer

	def test_the_unit_by_its_serial_number_in_the_text(self, world):  # noqa: F811
		unit = make_installed_unit(customer=world.customer)
		text = f"Our pump, serial no. {unit.serial_label.replace(' ', '')}, leaks"
		frappe.db.set_value("Installed Unit", unit.name, "serial_label", unit.serial_label.replace(" ", ""))
		assert (
			case_of(
				one(world.mailbox, letter(world.address, world.mailbox.email_id, text=text))
			).installed_unit
			== unit.name
		)
		row = one(world.mailbox, letter(STRANGER, world.mailbox.email_id, text=text))
		assert not case_of(row).installed_unit and not case_of(row).customer
		assert unit.name in notes_on(row.request)

	def test_a_broker_is_recognised_by_from_and_reply_to_is_shown(self, world):  # noqa: F811
		row = one(world.mailbox, letter(world.address, world.mailbox.email_id, Reply_To=f"Boss <{STRANGER}>"))
		assert (case_of(row).customer, case_of(row).contact_email) == (world.customer, world.address)
		assert STRANGER in notes_on(row.request) and world.address in notes_on(row.request)

	def test_an_agent_forwards_and_the_first_sender_is_the_customer(self, world):  # noqa: F811
		agent = make_user("Service Desk Agent").name
		text = f"see below\n\n---------- Forwarded message ---------\nFrom: Li Na <{world.address}>\nSubject: leaks\n\nIt drips."
		row = one(world.mailbox, letter(agent, world.mailbox.email_id, subject="Fwd: leaks", text=text))
		case = case_of(row)
		assert (case.customer, case.contact_email, case.contact_name) == (
			world.customer,
			world.address,
			"Li Na",
		)
		assert agent in notes_on(case.name)
		# the message itself, attached
		mail = letter(agent, world.mailbox.email_id, subject="WG: leaks", text="please handle")
		mail.add_attachment(letter(f"Li Na <{world.address}>", agent, subject="leaks"), filename="leaks.eml")
		case = case_of(one(world.mailbox, mail))
		assert (case.customer, case.contact_email) == (world.customer, world.address)
		# somebody else's word for it is not taken
		row = one(world.mailbox, letter(STRANGER, world.mailbox.email_id, subject="Fwd: leaks", text=text))
		assert (case_of(row).customer, case_of(row).contact_email) == (None, STRANGER)

	def test_a_sender_whose_server_disowns_the_mail_is_not_recognised(self, world):  # noqa: F811
		first = begun(world)
		forged = {"Authentication_Results": "mx.ours.example; dmarc=fail"}
		row = one(
			world.mailbox, letter(world.address, world.mailbox.email_id, subject=first.request, **forged)
		)
		assert row.request != first.request and not case_of(row).customer
		# nor is one of our people taken for themselves, whatever is forwarded
		agent = make_user("Service Desk Agent").name
		text = f"Begin forwarded message:\n\nFrom: Li Na <{world.address}>\n\nIt drips."
		row = one(
			world.mailbox,
			letter(agent, world.mailbox.email_id, subject=first.request, text=text, **forged),
		)
		assert row.request != first.request and len(messages_on(first.request)) == 1
		assert (case_of(row).customer, case_of(row).contact_email) == (None, agent)


class TestNobody:
	@pytest.mark.parametrize(
		("headers", "kind"),
		[
			({"Auto-Submitted": "auto-replied"}, "Automatic Reply"),
			({"X-Autoreply": "yes"}, "Automatic Reply"),
			({"Return-Path": "<>"}, "Automatic Reply"),
			({"X-Failed-Recipients": "x@customer.example"}, "Bounce"),
		],
		ids=str,
	)
	def test_opens_nothing(self, world, headers, kind):  # noqa: F811
		row = one(world.mailbox, letter(world.address, world.mailbox.email_id, **headers))
		assert (row.state, row.kind, row.request) == ("Ignored", kind, None)

	def test_through_a_list_a_person_writes(self, world):  # noqa: F811
		headers = {
			"X_Auto_Response_Suppress": "DR, OOF, AutoReply",
			"Precedence": "list",
			"List_Id": "<s.example>",
		}
		row = one(world.mailbox, letter(world.address, world.mailbox.email_id, **headers))
		assert row.kind == "New Request"
		assert not [
			mail for mail in queued_about(row.request) if world.address in mail.message.split("\n\n")[0]
		]
		skipped = {"request": row.request, "status": "Skipped"}
		assert frappe.db.exists("Service Message", skipped)

	def test_our_own_mail_comes_back(self, world):  # noqa: F811
		first = begun(world)
		token = f"<{reply_tokens.token(first.request, outgoing.secret())}.x@{frappe.local.site}>"
		rows = take_in(
			world.mailbox,
			letter(world.mailbox.email_id, world.mailbox.email_id),
			letter(world.address, world.mailbox.email_id, Message_ID=token),
		)
		assert {(row.state, row.kind, row.request) for row in rows} == {("Ignored", "Own Mail", None)}

	def test_two_machines_that_answer_each_other_flood_nobody(self, world):  # noqa: F811
		frappe.db.set_value("Service Mailbox", world.mailbox.name, "hourly_limit", 3)
		frappe.clear_document_cache("Service Mailbox", world.mailbox.name)
		rows = [begun(world) for _ in range(5)]
		assert [row.state for row in rows] == ["Processed"] * 3 + ["Quarantined"] * 2


class TestOnce:
	def test_to_two_of_our_mailboxes_is_one_case(self, world):  # noqa: F811
		other = make_mailbox()
		mail = letter(world.address, world.mailbox.email_id, Cc=other.email_id)
		first = one(world.mailbox, mail)
		copy = b"Received: from elsewhere\n" + mail.as_bytes()
		second = one(other, copy)
		assert (second.state, second.kind, second.same_as) == ("Ignored", "Duplicate", first.name)
		assert frappe.db.count(CASE, {"contact_email": world.address}) == 1
		queued_about(first.request)
		receipts = {"request": first.request, "to_customer": 1}
		assert frappe.db.count("Service Message", receipts) == 1

	def test_one_message_id_for_two_messages_a_week_apart(self, world):  # noqa: F811
		same = {"Message_ID": "<counter-1@customer.example>"}
		rows = [
			one(world.mailbox, letter(world.address, world.mailbox.email_id, text=text, Date=date, **same))
			for text, date in (
				("Alarm", "Fri, 20 Nov 2026 08:00:00 +0000"),
				("Alarm again", "Fri, 27 Nov 2026 08:00:00 +0000"),
			)
		]
		assert [row.kind for row in rows] == ["New Request"] * 2 and rows[0].request != rows[1].request

	def test_an_attached_message_stays_an_attachment(self, world):  # noqa: F811
		mail = letter(world.address, world.mailbox.email_id, text="See the attached mail.")
		mail.add_attachment(
			letter(STRANGER, "x@y.example", subject="Inner", text="Inner words"), filename="old.eml"
		)
		row = one(world.mailbox, mail)
		(message,) = messages_on(row.request)
		assert "See the attached mail." in message.content and "Inner" not in message.content
		(file,) = frappe.get_all(
			"File", {"attached_to_name": message.name}, ["name", "file_name", "is_private"]
		)
		assert file.is_private and file.file_name.startswith("old") and file.file_name.endswith(".eml")
		assert b"Inner words" in Path(frappe.get_doc("File", file.name).get_full_path()).read_bytes()

	def test_markup_is_made_safe(self, world):  # noqa: F811
		mail = letter(world.address, world.mailbox.email_id)
		mail.add_alternative(
			"<p onclick='x()'>Leak<script>alert(1)</script><img src=x onerror=alert(2)></p>", subtype="html"
		)
		case = case_of(one(world.mailbox, mail))
		for text in (case.description, messages_on(case.name)[0].content):
			assert "Leak" in text and not any(bad in text for bad in ("<script", "onclick", "onerror"))


class TestBack:
	def test_the_receipt_says_number_due_time_and_link_and_leaves_from_the_alias(self, world):  # noqa: F811
		make_email_account()  # the site's default
		frappe.local.outgoing_email_account = {}
		account = make_email_account(default_outgoing=0)
		world.mailbox.aliases = f"help@{world.domain.replace('.example', '-ours.example')}"
		world.mailbox.outgoing_account = account.name
		world.mailbox.save()
		row = one(world.mailbox, letter(world.address, world.mailbox.aliases))
		(queued,) = (mail for mail in queued_about(row.request) if "received" in mail.message)
		mail = message_from_bytes(queued.message.encode())
		assert queued.email_account == account.name
		assert world.mailbox.aliases in mail["From"] and world.mailbox.aliases in mail["Reply-To"]
		assert reply_tokens.signed_cases([mail["Message-Id"].strip("<>")])[0][0] == row.request
		(page,) = (part for part in mail.walk() if part.get_content_type() == "text/html")
		body = page.get_payload(decode=True).decode()
		assert row.request in body and f"/service/{row.request}" in body
		assert not case_of(row).next_due_at or "We will answer by" in body
		# and the answer to it comes back to the case, whatever its subject
		answer = letter(
			world.address, world.mailbox.email_id, subject="thanks", In_Reply_To=mail["Message-Id"]
		)
		assert one(world.mailbox, answer).request == row.request

	def test_an_id_that_is_written_as_encoded_words_is_read(self):
		answered = f"<{'long.' * 20}1@mail.example>"
		mail = letter(
			"a@b.example", "c@d.example", In_Reply_To=answered, References=f"<first@x.example> {answered}"
		)
		assert b"In-Reply-To: =?utf-8?" in mail.as_bytes(), "as Python writes what fits no line"
		assert letters.read(mail.as_bytes()).answers == [answered.strip("<>"), "first@x.example"]

	def test_what_a_person_writes_leaves_from_there_too(self, world):  # noqa: F811
		make_email_account()
		frappe.local.outgoing_email_account = {}
		account = make_email_account(default_outgoing=0)
		frappe.db.set_value("Service Mailbox", world.mailbox.name, "outgoing_account", account.name)
		row = begun(world)
		make(
			doctype=CASE,
			name=row.request,
			recipients=world.address,
			subject="By hand",
			content="c",
			send_email=True,
		)
		queued = frappe.get_last_doc("Email Queue", {"reference_name": row.request})
		assert queued.email_account == account.name and world.mailbox.email_id in queued.sender


class TestRepair:
	def test_a_person_says_what_it_is(self, world):  # noqa: F811
		case = make_service_request(customer=world.customer)
		frappe.db.set_value("Service Mailbox", world.mailbox.name, "hourly_limit", 1)
		frappe.clear_document_cache("Service Mailbox", world.mailbox.name)
		rows = [begun(world) for _ in range(4)]
		agent = make_user("Service Desk Agent").name
		frappe.set_user(agent)
		assert "It drips." in api.view(rows[1].name)["text"]
		assert api.add_to_request(rows[1].name, case.name) == pull.PROCESSED
		assert api.open_request(rows[2].name, customer=world.customer) == pull.PROCESSED
		assert api.mark_as_automatic(rows[3].name) == pull.IGNORED
		frappe.set_user("Administrator")
		assert len(messages_on(case.name)) == 1
		opened = frappe.get_doc(MAIL, rows[2].name)
		assert case_of(opened).customer == world.customer and opened.decided_by == agent
		with pytest.raises(repair.MailDoneError):
			repair.replay(rows[1].name)

	def test_spam_is_deleted_as_a_case_and_stays_as_a_mail(self, world):  # noqa: F811
		mail = letter(world.address, world.mailbox.email_id)
		del mail["Date"]
		row = one(world.mailbox, mail)
		case = row.request
		frappe.delete_doc(CASE, case)
		row.reload()
		assert (row.state, row.request, row.communication) == (pull.IGNORED, None, None)
		assert case in row.reason and row.server_key
		# it was none, after all
		assert repair.open_request(row.name) == pull.PROCESSED
		assert row.reload().request not in (None, case)

	def test_what_fails_is_tried_again_and_then_waits_for_a_person(self, world):  # noqa: F811
		name = pull.store(world.mailbox, "1", "1", letter(world.address, world.mailbox.email_id).as_bytes())
		for attempt in range(8):
			process._postpone(name, frappe.ValidationError("A field is missing"))
			state = frappe.db.get_value(MAIL, name, ["state", "attempts"])
			assert state == ("Received" if attempt < 7 else "Quarantined", attempt + 1)
		assert "A field is missing" in frappe.db.get_value(MAIL, name, "reason")
		assert repair.replay(name) == pull.PROCESSED

	def test_the_raw_message_is_for_the_desk_only(self, world):  # noqa: F811
		row = begun(world)
		frappe.set_user(make_user("Service Engineer").name)
		with pytest.raises(frappe.PermissionError):
			api.raw(row.name)
		frappe.set_user("Administrator")
		assert not frappe.db.exists("File", {"file_url": ("like", f"%{row.raw_hash}%")})
		assert spool.path_of(row.raw_hash).exists()
