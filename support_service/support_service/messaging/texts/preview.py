"""A template on its form: what it looks like with a request, which fields it may use, and the built-in text to begin with."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.support_service.messaging.texts import compose, events
from support_service.support_service.messaging.texts.events import Event, Text
from support_service.support_service.messaging.texts.rendering import BrokenTemplateError

CASE = "Service Request"
# of every event, where there is no request to take them from
SAMPLES = {
	"request": "SR-2026-00001",
	"request_subject": "E-17",
	"customer": "Harbour Precision",
	"contact": "Li Wei",
	"device": "LASER-2000",
	"serial_number": "LS-0042",
	"status": "New",
	"priority": "High",
	"engineer": "Chen Jing",
	"site": "Dock Road 5",
	"company": "Acme Service",
	"link": "https://service.example.com/service/SR-2026-00001",
}


def offered() -> list[dict[str, Any]]:
	"""Every event: `value`, `label`, and its `fields` as lists of name and what it says, in the reader's language."""
	return [
		{
			"value": name,
			"label": _(name),
			"fields": [[field, _(label)] for field, label in event.known().items()],
			"needs": list(event.needs),
		}
		for name, event in sorted(events.registered().items(), key=lambda item: _(item[0]))
	]


def built_in_template(name: str, language: str) -> dict[str, str]:
	"""The built-in text as a template: the fields stand in it as {{ field }}."""
	event = compose.event_of(name)
	places = {field: f"{{{{ {field} }}}}" for field in event.known()}
	text = events.built_in(event, places, language)
	return {"subject": text.subject, "mail": text.mail, "short_text": text.short}


def show(template: Any, request: str) -> dict[str, Any]:
	"""What a customer would read of the template about `request`: subject, mail, short; `error` where it cannot be filled in.

	Then the built-in text is shown, as it would be sent. What the event needs and the request does not have is an example.
	"""
	event = compose.event_of(template.event)
	case = frappe.get_doc(CASE, request)
	values = compose.values_of(event, case, _examples(event, case, template.language), template.language)
	values["engineer"] = values["engineer"] or SAMPLES["engineer"]
	text = events.built_in(event, values, template.language)
	error = None
	try:
		text = compose.filled(event, template, values, text)
	except BrokenTemplateError as broken:
		error = str(broken)
	return {"subject": text.subject, "mail": text.mail, "short": text.short, "error": error}


def try_out(template: Any) -> Text:
	"""Fill in a template with examples.

	:raises BrokenTemplateError: which part cannot be filled in, and why.
	"""
	event = compose.event_of(template.event)
	values = {**SAMPLES, **_own_examples(event, template.language)}
	return compose.filled(event, template, values, events.built_in(event, values, template.language))


def _examples(event: Event, case: Any, language: str) -> dict[str, Any]:
	own = _own_examples(event, language)
	return {name: case.get(name) or example for name, example in own.items()}


def _own_examples(event: Event, language: str) -> dict[str, Any]:
	"""An example for each field of the event itself, its name where there is none."""
	samples = {name: _(sample, language) for name, sample in event.samples.items()}
	return {name: samples.get(name, name) for name in event.fields}
