"""The events of which customers are written, with the text of each that we bring along, in English and Chinese.

Hook key `support_service_message_events`: dotted paths of lists of `Event`; ours are in the same key. What is written is
composed in `compose.py`: the company's own template where there is one, else the text that stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html
from markupsafe import Markup

from support_service.constants.words import N_
from support_service.support_service.messaging.ways import plain_text

HOOK = "support_service_message_events"
LAYOUT = "support_service/templates/emails/about_case.html"

# fields of every event → what they say
FIELDS: Mapping[str, str] = {
	"request": N_("Number of the request"),
	"request_subject": N_("Subject of the request"),
	"customer": N_("Name of the customer"),
	"contact": N_("Name of the person who is written to"),
	"device": N_("Device"),
	"serial_number": N_("Serial number"),
	"status": N_("Status"),
	"priority": N_("Priority"),
	"engineer": N_("Name of the engineer"),
	"site": N_("Address of the site"),
	"company": N_("Our company"),
	"link": N_("Address of the page on which the customer goes on"),
}


@dataclass(frozen=True, slots=True)
class Text:
	"""What a customer reads. mail: safe HTML. short: words for a text message or a chat."""

	subject: str
	mail: str
	short: str


@dataclass(frozen=True, slots=True)
class Event:
	"""One thing customers are written of. Texts are English and are translated when they are used.

	name: stored on templates and messages. subject, line: may name {fields}. fields: those beside FIELDS → what they say.
	rows: label → field, lines below the sentence of the mail, where the field is filled. button: words of the link.
	layout: the template file of the mail. needs: fields without which the mail is useless, such as the link of a survey.
	samples: field → an example, for a preview of a request that has none.
	"""

	name: str
	subject: str
	line: str
	fields: Mapping[str, str] = field(default_factory=dict)
	rows: Mapping[str, str] = field(default_factory=dict)
	button: str = N_("Follow your request")
	layout: str = LAYOUT
	needs: tuple[str, ...] = ()
	samples: Mapping[str, Any] = field(default_factory=dict)

	def known(self) -> dict[str, str]:
		"""Every field that a template of this event may use → what it says."""
		return {**FIELDS, **self.fields}


def registered() -> dict[str, Event]:
	"""Name → event, over all installed apps; a later app replaces an earlier one's event of the same name."""
	lists: Iterable[Iterable[Event]] = (frappe.get_attr(path) for path in frappe.get_hooks(HOOK))
	return {event.name: event for events in lists for event in events}


def of_case(case: Any, language: str) -> dict[str, Any]:
	"""The values of FIELDS; what a case does not know is empty."""
	return {
		"request": case.name,
		"request_subject": case.subject or "",
		"customer": case.customer_name or case.customer or "",
		"contact": case.contact_name or "",
		"device": case.item_code or "",
		"serial_number": case.serial_label or "",
		"status": _(case.status, language, "Service Request"),
		"priority": _(case.priority, language, "Service Request") if case.priority else "",
		"engineer": case.engineer_name or "",
		"site": case.site_address_display or "",
		"company": case.company or "",
		"link": frappe.utils.get_url(f"/service/{case.name}"),
	}


def built_in(event: Event, values: Mapping[str, Any], language: str) -> Text:
	"""The text that the app brings along. values: of every field of `event`; what is no Markup is plain words."""
	escaped = {name: _escaped(value) for name, value in values.items()}
	words = {name: words_of(value) for name, value in values.items()}
	line = Markup(_(event.line, language).format(**escaped))
	rows = [(_(label, language), escaped[name]) for label, name in event.rows.items() if values[name]]
	context = {
		"values": values,
		"line": line,
		"rows": rows,
		"button": _(event.button, language),
		"language": language,
	}
	mail = frappe.render_template(event.layout, context)
	said = plain_text.of_html(line)
	return Text(
		subject=f"[{words['request']}] {_(event.subject, language).format(**words)}",
		mail=mail,
		short=f"{words['request']} {said}".strip() + (f"\n{words['link']}" if words["link"] else ""),
	)


def words_of(value: Any) -> str:
	"""A value for what shows only words."""
	return plain_text.of_html(str(value)) if isinstance(value, Markup) else str(value)


def _escaped(value: Any) -> Markup:
	return value if isinstance(value, Markup) else Markup(escape_html(str(value)))
