"""What a customer is written of an event: by the company's template for it, else by the text that the app brings along.

A template that fails loses no message: the text of the app is sent, and the failure stands on the template and in the Error
Log until somebody saves it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.foundation.language import of_site
from support_service.support_service.messaging.texts import events, rendering
from support_service.support_service.messaging.texts.events import Event, Text
from support_service.support_service.messaging.texts.rendering import BrokenTemplateError
from support_service.support_service.messaging.ways import plain_text

TEMPLATE = "Service Message Template"
WRITTEN = ("name", "subject", "use_html", "mail", "mail_html", "short_text")
NOTED_AGAIN_AFTER = 1  # hour, for the same failure


class UnknownEventError(frappe.ValidationError):
	"""No installed app knows the event."""


def compose(name: str, case: Any, values: Mapping[str, Any], language: str) -> Text:
	"""The text about event `name` of `case`. values: of the event's own fields; the fields of every case are added."""
	event = event_of(name)
	known = values_of(event, case, values, language)
	text = events.built_in(event, known, language)
	template = template_for(name, language)
	if not template:
		return text
	try:
		return filled(event, template, known, text)
	except BrokenTemplateError as error:
		_note_failure(template, case, str(error))
		return text


def event_of(name: str) -> Event:
	event = events.registered().get(name)
	if not event:
		frappe.throw(_("No app knows the event {0}.").format(name), UnknownEventError)
	return event


def values_of(event: Event, case: Any, values: Mapping[str, Any], language: str) -> dict[str, Any]:
	"""Every field of `event` and no other; what is not known is empty."""
	known = event.known()
	given = {name: value for name, value in values.items() if value is not None and name in known}
	return {**dict.fromkeys(event.fields, ""), **events.of_case(case, language), **given}


def template_for(event: str, language: str) -> Any:
	"""The company's template in this language, else in the language it is a kind of (zh for zh-TW); None without one."""
	languages = list(dict.fromkeys((language, language.split("-")[0])))
	wanted = {"event": event, "language": ("in", languages), "disabled": 0}
	found = {
		row.language: row
		for row in frappe.get_all(TEMPLATE, wanted, ["language", *WRITTEN], order_by="creation")
	}
	return next((found[each] for each in languages if each in found), None)


def filled(event: Event, template: Any, values: Mapping[str, Any], built_in: Text) -> Text:
	"""`template` with `values`; a part that is left empty is the built-in one, the short text then follows the mail.

	:raises BrokenTemplateError: which part cannot be filled in, and why.
	"""
	words = {name: events.words_of(value) for name, value in values.items()}
	mail = _part(_("Mail"), mail_of(template), values, html=True)
	for name in event.needs if mail else ():
		if str(values[name]) not in mail:
			raise BrokenTemplateError(
				_("{0}: {1} is missing, without which the mail is useless.").format(
					_("Mail"), f"{{{{ {name} }}}}"
				)
			)
	subject = " ".join(_part(_("Subject"), template.subject, words, html=False).split())
	short = _part(_("Short Text"), template.short_text, words, html=False).strip()
	return Text(
		subject=subject or built_in.subject,
		mail=mail or built_in.mail,
		short=short or (plain_text.of_html(mail) if mail else built_in.short),
	)


def mail_of(template: Any) -> str:
	"""What is written for the mail, from the editor or as HTML; empty where there is nothing but empty markup."""
	mail = (template.mail_html if template.use_html else template.mail) or ""
	return mail if plain_text.of_html(mail) or "<img" in mail else ""


def _part(label: str, template: str | None, values: Mapping[str, Any], *, html: bool) -> str:
	if not (template or "").strip():
		return ""
	try:
		return rendering.fill(template, values, html=html)
	except BrokenTemplateError as error:
		raise BrokenTemplateError(f"{label}: {error}") from error


def _note_failure(template: Any, case: Any, reason: str) -> None:
	"""On the template and in the Error Log; the same failure again only once an hour, as it may concern every message."""
	last = frappe.db.get_value(TEMPLATE, template.name, ["last_error", "failed_on"], as_dict=True)
	same = last.last_error == reason and last.failed_on
	if same and get_datetime(last.failed_on) > add_to_date(now_datetime(), hours=-NOTED_AGAIN_AFTER):
		return
	noted = {"last_error": reason, "failed_on": now_datetime()}
	frappe.db.set_value(TEMPLATE, template.name, noted, update_modified=False)
	frappe.log_error(
		_("Message template {0} failed, the built-in text was sent", of_site()).format(template.name)[:140],
		f"{case.name}: {reason}",
		reference_doctype=TEMPLATE,
		reference_name=template.name,
	)
