"""Shows the calls about a request in its timeline: when, with whom, what was noted, and the recording."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_fullname

LIMIT = 50
# a telephone system says where its recording lies; anything else is no link
SCHEMES = ("https://", "http://", "/")


def calls_of_case(doctype: str, docname: str) -> list[dict[str, Any]]:
	"""Hook `additional_timeline_content`: calls about the request, newest first. Who asks may read the request."""
	calls = frappe.get_all(
		"Service Call",
		filters={"service_request": docname},
		fields=["name", "number", "direction", "state", "agent", "started_on", "recording_url", "note"],
		order_by="started_on desc",
		limit=LIMIT,
	)
	return [
		{"icon": "call", "is_card": True, "creation": call.started_on, "content": _card(call)}
		for call in calls
	]


def _card(call: Any) -> str:
	"""One call as HTML; what the telephone system and people wrote is escaped."""
	said = _("Call from {0}") if call.direction == "Incoming" else _("Call to {0}")
	parts = [said.format(call.number or _("unknown number")), _(call.state, context="Service Call")]
	parts += [get_fullname(call.agent)] if call.agent else []
	lines = [f'<div class="text-muted small">{escape_html(" · ".join(parts))}</div>']
	if call.note:
		lines.append(f"<div>{escape_html(call.note)}</div>")
	if (call.recording_url or "").startswith(SCHEMES):
		link, label = escape_html(call.recording_url), _("Recording")
		lines.append(f'<div><a href="{link}" rel="noopener noreferrer" target="_blank">{label}</a></div>')
	return "".join(lines)
