"""What customers are written about visits; hook key `support_service_message_events`."""

from __future__ import annotations

from collections.abc import Mapping

from support_service.constants.words import N_
from support_service.support_service.messaging.texts.events import Event

PLANNED, CHANGED, CANCELLED = "Visit Planned", "Visit Changed", "Visit Cancelled"
ON_THE_WAY, ARRIVED, DONE = "Engineer on the Way", "Engineer Arrived", "Visit Done"
_FIELDS: Mapping[str, str] = {
	"visit": N_("Number of the visit"),
	"visit_day": N_("Day of the visit"),
	"visit_from": N_("Time from which the engineer may come"),
	"visit_to": N_("Time until which the engineer comes"),
	"visit_time": N_("Day and time of the visit"),
	"visit_type": N_("On site or remote"),
}
_SAMPLES = {
	"visit": "EV-2026-00001",
	"visit_day": "2026-12-24",
	"visit_from": "09:00",
	"visit_to": "11:00",
	"visit_time": "2026-12-24 09:00 – 11:00",
	"visit_type": "On Site",
	"expected_at": "09:40",
	"work_done": N_("The fan was replaced, the device runs."),
	"outcome": "Solved",
}
_WHEN = {N_("Time of the Visit"): "visit_time", N_("Engineer"): "engineer"}


def _event(
	name: str,
	subject: str,
	line: str,
	fields: Mapping[str, str] | None = None,
	rows: Mapping[str, str] = _WHEN,
) -> Event:
	return Event(name, subject, line, fields={**_FIELDS, **(fields or {})}, rows=rows, samples=_SAMPLES)


EVENTS = (
	_event(
		N_("Visit Planned"),
		N_("A visit is planned for {visit_day}"),
		N_(
			"{engineer} works on your device on {visit_day} between {visit_from} and {visit_to} ({visit_type})."
		),
	),
	_event(
		N_("Visit Changed"),
		N_("Your visit has changed: {visit_day}"),
		N_("The visit is now on {visit_day} between {visit_from} and {visit_to}, with {engineer}."),
	),
	_event(
		N_("Visit Cancelled"),
		N_("The visit on {visit_day} is cancelled"),
		N_(
			"The visit on {visit_day} between {visit_from} and {visit_to} does not take place. We will tell you how we go on."
		),
	),
	_event(
		N_("Engineer on the Way"),
		N_("{engineer} is on the way"),
		N_("{engineer} is on the way to you and should be there at {expected_at}."),
		{"expected_at": N_("Time at which the engineer should be there")},
		{N_("Engineer"): "engineer"},
	),
	_event(
		N_("Engineer Arrived"),
		N_("{engineer} has arrived"),
		N_("{engineer} has arrived and begins to work on your request."),
		rows={},
	),
	_event(
		N_("Visit Done"),
		N_("The visit is over"),
		N_("The visit is over: {outcome}. {work_done}"),
		{
			"outcome": N_("Outcome of the visit"),
			"work_done": N_("What the engineer did, from the report"),
		},
		{N_("Engineer"): "engineer"},
	),
)
