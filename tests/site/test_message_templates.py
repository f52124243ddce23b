"""The company's own texts: for every event, in each language; and a broken one loses no message."""

import frappe
import pytest

from support_service.support_service.doctype.service_message_template.service_message_template import (
	MessageTemplateError,
	OtherTemplateError,
)
from support_service.support_service.messaging import messages
from support_service.support_service.messaging.texts import api, compose, events, preview
from tests.factories import insert, make_customer, make_service_request, make_user

EVENT = "Work Started"


def make_template(event: str = EVENT, language: str = "en", **values):
	for name in frappe.get_all(
		"Service Message Template", {"event": event, "language": language}, pluck="name"
	):
		frappe.db.set_value("Service Message Template", name, "disabled", 1)
	template = {"event": event, "language": language, "use_html": 1}
	return insert("Service Message Template", template, values)


def make_case(**values):
	return make_service_request(contact_email="li@customer.example", contact_name="Li Wei", **values)


def told(case, event: str = EVENT, **values):
	name = messages.tell(case, event, values, key=f"{case.name}|{frappe.generate_hash(length=8)}")
	return frappe.get_doc("Service Message", name)


def built_in(name, language):
	event = compose.event_of(name)
	return events.built_in(event, compose.values_of(event, make_case(), {}, language), language)


def test_every_event_has_a_text_in_both_languages():
	for event in events.registered():
		english, chinese = (built_in(event, language) for language in ("en", "zh"))
		for text in (english, chinese):
			assert text.subject.startswith("[SR-") and "<p>" in text.mail and text.short
			assert "{" not in text.subject + text.short + text.mail
		assert english.subject.split("]")[1] != chinese.subject.split("]")[1], event


def test_every_built_in_text_can_begin_a_template():
	for event in events.registered():
		for language in ("en", "zh"):
			template = api.built_in_text(event, language)
			text = preview.try_out(
				frappe._dict(
					event=event,
					language=language,
					use_html=1,
					subject=template["subject"],
					mail_html=template["mail"],
					short_text=template["short_text"],
				)
			)
			assert "SR-2026-00001" in text.subject and "{{" not in text.mail


def test_the_company_s_words_go_to_the_customer():
	make_template(
		subject="{{ request }}: {{ engineer }}",
		mail_html="<p>Dear {{ contact }}, about {{ request_subject }}</p>",
		short_text="Acme: {{ engineer }} begins. {{ link }}",
	)
	case = make_case()
	case.subject = "Fan <b>loud</b> & hot"
	message = told(case, engineer="Chen Jing")
	assert message.subject == f"{case.name}: Chen Jing"
	assert message.body == "<p>Dear Li Wei, about Fan &lt;b&gt;loud&lt;/b&gt; &amp; hot</p>"
	assert message.short_text.startswith("Acme: Chen Jing begins. http")
	assert (message.event, message.status) == (EVENT, "Queued")


def test_what_is_left_empty_is_built_in():
	make_template(short_text="Acme works on {{ request }}")
	case = make_case()
	message = told(case, engineer="Chen Jing")
	assert message.subject == f"[{case.name}] Work has started"
	assert "Chen Jing has started" in message.body
	assert message.short_text == f"Acme works on {case.name}"


def test_each_language_has_its_own():
	make_template(language="zh", subject="开始 {{ request }}")
	customer = make_customer(language="zh").name
	chinese, english = make_case(customer=customer), make_case()
	assert told(chinese).subject == f"开始 {chinese.name}"
	assert told(english).subject == f"[{english.name}] Work has started"


def test_a_kind_of_a_language_takes_the_language():
	make_template(language="zh", subject="开始 {{ request }}")
	case = make_case(customer=make_customer(language="zh-TW").name)
	assert told(case).subject == f"开始 {case.name}"


def test_disabled_the_built_in_text_is_sent():
	template = make_template(subject="Other words")
	template.disabled = 1
	template.save()
	assert told(make_case()).subject.endswith("Work has started")


class TestBroken:
	def break_it(self, **values):
		"""As an update of an app may: past the check of the form."""
		template = make_template(subject="Other words")
		frappe.db.set_value("Service Message Template", template.name, values)
		return template

	@pytest.mark.parametrize(
		"values",
		[
			{"subject": "{{ gone }}"},
			{"mail_html": "{% if %}"},
			{"short_text": "{{ 1 / 0 }}"},
			{"mail_html": "{{ request.__class__ }}"},
		],
	)
	def test_no_message_is_lost(self, values):
		template = self.break_it(**values)
		log = {"reference_doctype": template.doctype, "reference_name": template.name}
		before = frappe.db.count("Error Log", log)
		case = make_case()
		message = told(case, engineer="Chen Jing")
		assert message.status == "Queued"
		assert message.subject == f"[{case.name}] Work has started" and "Chen Jing" in message.body
		template.reload()
		assert template.failed_on and template.last_error
		assert frappe.db.count("Error Log", log) == before + 1
		told(make_case())
		assert frappe.db.count("Error Log", log) == before + 1, "one for each message floods the log"

	def test_mended_it_is_used_again(self):
		template = self.break_it(subject="{{ gone }}")
		told(make_case())
		template.reload()
		template.subject = "Mended {{ request }}"
		template.save()
		assert not template.last_error and not template.failed_on
		case = make_case()
		assert told(case).subject == f"Mended {case.name}"

	@pytest.mark.parametrize(
		("values", "part"),
		[
			({"subject": "{{ gone }}"}, "Subject"),
			({"mail_html": "<p>{{ reason }}</p>"}, "Mail"),
			({"short_text": "{{ request"}, "Short Text"),
		],
	)
	def test_it_cannot_be_saved(self, values, part):
		with pytest.raises(MessageTemplateError, match=part):
			make_template(**values)

	def test_a_survey_without_its_link_cannot_be_saved(self):
		with pytest.raises(MessageTemplateError, match="link"):
			make_template("Survey", mail_html="<p>Are you satisfied?</p>")
		make_template("Survey", mail_html="<p>Are you satisfied? {{ link }}</p>")

	def test_nor_one_for_an_event_that_there_is_not(self):
		with pytest.raises(compose.UnknownEventError):
			make_template("No Such Event")


def test_one_in_use_for_each_event_and_language():
	first = make_template()
	second = {"event": EVENT, "language": "en"}
	with pytest.raises(OtherTemplateError, match="Work Started"):
		insert("Service Message Template", second, {})
	assert insert("Service Message Template", second, {"disabled": 1}).name != first.name


def test_the_reason_of_a_cancellation_is_no_field_of_the_customer_s_text():
	with pytest.raises(MessageTemplateError):
		make_template("Request Cancelled", short_text="{{ reason }}")


class TestPreview:
	def text(self, **values):
		return {"event": EVENT, "language": "en", "use_html": 1, **values}

	def test_with_a_request(self):
		case = make_case()
		shown = api.preview_text(self.text(subject="{{ request }} {{ contact }}"), case.name)
		assert shown["subject"] == f"{case.name} Li Wei" and shown["error"] is None

	def test_broken_it_says_so_and_shows_what_would_be_sent(self):
		case = make_case()
		shown = api.preview_text(self.text(subject="{{ gone }}"), case.name)
		assert "gone" in shown["error"] and shown["subject"] == f"[{case.name}] Work has started"

	def test_the_fields_are_listed(self):
		offered = {event["value"]: event for event in api.message_events()}
		assert set(offered) == set(events.registered())
		assert "expected_at" in dict(offered["Engineer on the Way"]["fields"])
		assert offered["Survey"]["needs"] == ["link"]

	def test_of_a_request_that_the_reader_may_see(self):
		case = make_case()
		frappe.set_user(make_user("Service Desk Agent").name)
		for call in (
			lambda: api.preview_text(self.text(), case.name),
			lambda: api.built_in_text(EVENT, "en"),
		):
			with pytest.raises(frappe.PermissionError):
				call()
