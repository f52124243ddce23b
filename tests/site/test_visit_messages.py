"""What customers are written about visits: each fact once, what is not true any more not at all."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.field_service import api, visit_messages
from support_service.support_service.messaging import mail_outage, messages
from tests.factories import (
	make_customer,
	make_done_visit,
	make_engineer_visit,
	make_service_engineer,
	make_service_request,
)
from tests.site.stored_name_world import bare
from tests.site.test_ways import send, settings  # noqa: F401 - fixture


def make_case(**values):
	"""Of somebody whom no other test writes to: nobody gets more than so many messages an hour."""
	number = int(frappe.generate_hash(length=8), 16)
	reached = {"contact_email": f"li{number}@customer.example", "contact_phone": f"+86 {number:010}"}
	return make_service_request(**{**reached, **values})


def make_visit(case=None, **values):
	start = add_to_date(now_datetime(), days=2)
	plan = {"planned_start": start, "planned_end": add_to_date(start, hours=2), "visit_type": "On Site"}
	case = case or make_case()
	return make_engineer_visit(service_request=case.name, **{**plan, **values})


def written(visit, *fields):
	"""What was written about the visit, oldest first."""
	rows = frappe.get_all(
		"Service Message",
		{"message_key": ("like", f"visit|{visit.name}|%")},
		[
			"name",
			"event",
			"status",
			"subject",
			"body",
			"short_text",
			"sender",
			"due_at",
			"valid_until",
			"error",
		],
		order_by="creation, message_key",
	)
	return [row.event for row in rows] if not fields else rows


def queued(visit):
	return [row.event for row in written(visit, "*") if row.status == "Queued"]


def all_sent(visit):
	for row in written(visit, "*"):
		if row.status == "Queued":
			frappe.db.set_value("Service Message", row.name, "status", "Sent")


class TestThePlan:
	def test_planned_with_its_time(self):
		visit = make_visit(planned_start="2027-03-02 09:00:00", planned_end="2027-03-02 11:30:00")
		(message,) = written(visit, "*")
		assert message.event == "Visit Planned"
		for text in (message.body, message.short_text):
			assert "March 2, 2027" in text and visit.engineer_name in text
			assert "9:00" in text and "11:30" in text
		assert get_datetime(message.valid_until) == get_datetime(visit.planned_end)

	def test_in_the_language_of_the_customer(self):
		visit = make_visit(
			make_case(customer=make_customer(language="zh").name),
			planned_start="2027-03-02 09:00:00",
			planned_end="2027-03-02 11:30:00",
		)
		(message,) = written(visit, "*")
		assert "2027年3月2日" in message.body and "现场" in message.body

	def test_by_the_customer_s_way(self):
		visit = make_visit(make_case(preferred_channel="SMS"))
		assert [row.sender for row in written(visit, "*")] == ["SMS"]
		assert written(make_visit(make_case(preferred_channel="Phone"))) == []

	def test_a_save_that_changes_nothing_of_it_writes_nothing(self):
		visit = make_visit()
		all_sent(visit)
		for note in ("one", "two"):
			visit.preparation_note = note
			visit.save()
		assert written(visit) == ["Visit Planned"]

	def test_saved_from_the_form_whose_times_are_text(self):
		visit = make_visit()
		all_sent(visit)
		visit.planned_start = f"{visit.planned_start:%Y-%m-%d %H:%M:%S}"
		visit.departed_at = f"{now_datetime():%Y-%m-%d %H:%M:%S}"
		visit.save()
		assert written(visit) == ["Visit Planned", "Engineer on the Way"]

	def test_changed_and_back_again(self):
		visit = make_visit()
		first = visit.planned_end
		for end in (add_to_date(first, hours=1), first):
			all_sent(visit)
			visit.planned_end = end
			visit.save()
		assert written(visit) == ["Visit Planned", "Visit Changed", "Visit Changed"]

	def test_another_engineer(self):
		visit = make_visit()
		all_sent(visit)
		visit.engineer = make_service_engineer().name
		visit.save()
		assert queued(visit) == ["Visit Changed"]
		assert visit.engineer_name in written(visit, "*")[-1].body

	def test_what_nobody_has_read_yet_is_replaced(self):
		visit = make_visit()
		visit.planned_end = add_to_date(visit.planned_end, hours=1)
		visit.save()
		rows = written(visit, "*")
		assert sorted((row.event, row.status) for row in rows) == [
			("Visit Planned", "Queued"),
			("Visit Planned", "Skipped"),
		]
		assert next(row for row in rows if row.status == "Skipped").error

	def test_changed_and_back_before_anybody_read_of_it(self):
		visit = make_visit()
		all_sent(visit)
		first = visit.planned_end
		for end in (add_to_date(first, hours=1), first):
			visit.planned_end = end
			visit.save()
		assert queued(visit) == []

	def test_deleted(self):
		visit = make_visit()
		all_sent(visit)
		visit.delete()
		assert written(visit)[-1] == "Visit Cancelled"

	def test_deleted_before_anybody_has_read_of_it(self):
		visit = make_visit()
		visit.delete()
		assert queued(visit) == []

	def test_the_number_of_a_deleted_visit_starts_anew(self):
		visit = make_visit()
		all_sent(visit)
		visit.delete()
		again = make_visit()
		again.db_set({"creation": add_to_date(visit.creation, seconds=5)}, update_modified=False)
		assert visit_messages._key(again) != visit_messages._key(visit)

	def test_entered_afterwards(self):
		start = add_to_date(now_datetime(), days=-2)
		visit = make_visit(planned_start=start, planned_end=add_to_date(start, hours=2))
		assert written(visit) == []

	def test_where_customers_are_told_nothing(self):
		doc = "Support Service Settings"
		frappe.db.set_single_value(doc, "tell_customer_on_moves", 0)
		try:
			assert written(make_visit()) == []
		finally:
			frappe.db.set_single_value(doc, "tell_customer_on_moves", 1)

	def test_a_message_that_fails_stops_no_visit(self, monkeypatch):
		def fails(*_args, **_values):
			raise ValueError("no text")

		monkeypatch.setattr(messages, "tell", fails)
		visit = make_visit()
		assert frappe.db.exists("Engineer Visit", visit.name)
		log = {"reference_doctype": visit.doctype, "reference_name": visit.name}
		assert frappe.db.exists("Error Log", log)


class TestTheWay:
	def make(self, **values):
		start = add_to_date(now_datetime(), minutes=30)
		return make_visit(planned_start=start, planned_end=add_to_date(start, hours=2), **values)

	def test_with_the_time_the_engineer_says(self):
		visit = self.make()
		expected = now_datetime().replace(second=0, microsecond=0) + timedelta(minutes=40)
		api.depart(visit.name, expected_at=str(expected))
		api.depart(visit.name, expected_at=str(expected))
		message = written(visit, "*")[-1]
		assert message.event == "Engineer on the Way" and queued(visit).count("Engineer on the Way") == 1
		assert f"{expected:%-I:%M}" in message.short_text
		visit.reload()
		assert get_datetime(visit.expected_at) == expected and visit.status == "On the Way"

	def test_later_than_expected(self):
		visit = self.make()
		expected = now_datetime().replace(second=0, microsecond=0) + timedelta(minutes=40)
		api.depart(visit.name, expected_at=str(expected))
		departed = frappe.db.get_value("Engineer Visit", visit.name, "departed_at")
		api.depart(visit.name, expected_at=str(expected + timedelta(minutes=30)))
		assert queued(visit).count("Engineer on the Way") == 2
		assert frappe.db.get_value("Engineer Visit", visit.name, "departed_at") == departed

	def test_without_a_time(self):
		visit = self.make()
		api.depart(visit.name)
		assert "Engineer on the Way" in queued(visit)

	def test_arrived(self):
		visit = self.make()
		api.depart(visit.name)
		api.arrive(visit.name)
		api.arrive(visit.name)
		assert written(visit).count("Engineer Arrived") == 1

	def test_a_remote_visit_has_no_way(self):
		visit = self.make(visit_type="Remote")
		api.arrive(visit.name)
		assert "Engineer on the Way" not in written(visit) and "Engineer Arrived" in written(visit)

	def test_it_rings_in_quiet_hours_as_somebody_comes_then(self, settings):  # noqa: F811
		settings(quiet_from="00:00", quiet_to="23:00")
		case = make_case(preferred_channel="SMS")
		visit = self.make(case=case)
		api.depart(visit.name)
		way = next(row for row in written(visit, "*") if row.event == "Engineer on the Way")
		assert get_datetime(way.due_at) <= now_datetime()

	def test_it_is_not_brought_when_it_is_of_no_use_any_more(self):
		visit = self.make()
		api.depart(visit.name)
		way = next(row for row in written(visit, "*") if row.event == "Engineer on the Way")
		past = add_to_date(now_datetime(), minutes=-1)
		frappe.db.set_value("Service Message", way.name, "valid_until", past)
		(message,) = send(way.name)
		assert message.status == "Skipped" and "too late" in message.error

	@pytest.mark.parametrize("status", ["Error", "Not Sent"])
	def test_nor_by_a_mail_server_that_was_down(self, status):
		visit = self.make()
		api.depart(visit.name)
		way = next(row for row in written(visit, "*") if row.event == "Engineer on the Way")
		mail = {"sender": "us@ours.example", "message": "x", "status": status, "retry": 1}
		queue = bare("Email Queue", reference_doctype="Service Request", reference_name="x", **mail)
		past = add_to_date(now_datetime(), minutes=-1)
		sent = {"status": "Sent", "email_queue": queue.name, "valid_until": past}
		frappe.db.set_value("Service Message", way.name, sent)
		for _again in range(2):
			mail_outage.follow()
			assert frappe.db.get_value("Email Queue", queue.name, "status") == "Error"
			assert frappe.db.get_value("Service Message", way.name, "status") == "Skipped"


class TestTheReport:
	def test_over(self):
		case = make_case()
		visit = make_done_visit(service_request=case.name, work_done="<p>Fan <b>cleaned</b></p>")
		visit.submit()
		message = written(visit, "*")[-1]
		assert message.event == "Visit Done"
		assert "Fan" in message.body and "<b>cleaned</b>" in message.body
		assert "Fan cleaned" in message.short_text

	def test_solved_the_survey_says_so(self):
		visit = make_done_visit(service_request=make_case().name, outcome="Solved")
		visit.submit()
		assert "Visit Done" not in written(visit)

	@pytest.mark.parametrize(
		"script", ["<script>alert(1)</script>Cleaned", "<img src=x onerror=alert(1)>Cleaned"]
	)
	def test_what_runs_is_cleaned_away(self, script):
		visit = make_done_visit(service_request=make_case().name, work_done=f"<p>{script}</p>")
		visit.submit()
		body = written(visit, "*")[-1].body
		assert "Cleaned" in body and "<script" not in body and "onerror" not in body

	def test_a_corrected_report_says_it_once(self):
		visit = make_done_visit(service_request=make_case().name)
		visit.submit()
		visit = frappe.get_doc(visit.doctype, visit.name)
		visit.cancel()
		again = frappe.copy_doc(visit)
		again.docstatus, again.amended_from = 0, visit.name
		again.update({"arrived_at": visit.arrived_at, "left_at": visit.left_at, "outcome": visit.outcome})
		again.insert()
		again.submit()
		assert written(visit).count("Visit Done") == 1 and written(again) == []
