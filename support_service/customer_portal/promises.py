"""What was promised to the customer about one case, in plain words: no policies, no internal clocks."""

from __future__ import annotations

from typing import Any, TypedDict

import frappe
from frappe import _

from support_service.customer_portal import words
from support_service.foundation import instants
from support_service.service_level.clock import summary
from support_service.service_level.clock.rules import State


class Promise(TypedDict):
	"""One promise. what: its name. words, tone: how it stands, and the label's colour. line: a sentence with its times."""

	what: str
	words: str
	tone: str
	line: str


def of_case(case: Any) -> list[Promise]:
	"""The promises of `case` without those not needed. The caller has checked that the case is the customer's own."""
	names = _names()
	rows = frappe.get_all(
		"Service Clock",
		filters={"request": case.name, "kind": ["in", list(names)]},
		fields=["kind", "origin", "request", "state", "due_utc", "stopped_utc"],
		order_by="round asc",
	)
	# of a request that was merged into it too: the earlier promise stays given
	latest = summary.telling(rows)
	return [
		{"what": names[kind], **_standing(latest[kind], case.status)}
		for kind in names
		if kind in latest and latest[kind].state != State.NOT_NEEDED
	]


def _names() -> dict[str, str]:
	"""The promises a customer knows, in the order in which they come due."""
	return {
		"First Response": _("Our first answer"),
		"On Site": _("Engineer with you"),
		"Business Restored": _("Running again"),
		"Repair Complete": _("Repair complete"),
	}


def _standing(row: Any, status: str) -> dict[str, str]:
	due_utc = instants.of_utc_column(row.due_utc)
	due = words.named(words.moment(due_utc))
	done = words.moment(instants.of_utc_column(row.stopped_utc))
	if row.state == State.MET:
		return {
			"words": _("Kept", context="Service Clock"),
			"tone": "green",
			"line": _("Done {0}").format(words.named(done)),
		}
	if row.state == State.MISSED:
		line = _("Done {0}, promised until {1}").format(done, due)
		return {"words": _("Late", context="Service Clock"), "tone": "orange", "line": line}
	if row.state == State.PAUSED:
		waits_for_them = status == "Waiting for Customer"
		line = _("Paused while we wait for you") if waits_for_them else _("Paused while we wait for others")
		return {"words": _("Paused", context="Service Clock"), "tone": "gray", "line": line}
	# the stored state may be a minute late; the page shows what is true now
	late = row.state == State.OVERDUE or (due_utc is not None and due_utc <= instants.now())
	line = _("Promised until {0}").format(due) if due else ""
	return {
		"words": _("Late", context="Service Clock") if late else _("Promised", context="Service Clock"),
		"tone": "orange" if late else "blue",
		"line": line,
	}
