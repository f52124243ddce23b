"""Plays each case of the demo through the moves its people would make, then dates it back.

The moves are real: made by the right users, with their checks and effects (stock, surveys, assignments). Only their time is
not: everything happens while the demo loads, so each ledger row is dated back to the time in the story. Nothing but the demo
changes ledger rows.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import frappe
from frappe.utils import add_to_date, get_datetime, now_datetime, today

from support_service.demo import visits
from support_service.demo.base import acting_as, keep_messages_here
from support_service.demo.case_data import OPEN, Answered, Do, Planned, Step, Story, Went
from support_service.demo.case_data_past import PAST
from support_service.demo.customer_data import BY_KEY
from support_service.demo.customers import contact_of, customer_of
from support_service.demo.people import email_of
from support_service.demo.people_data import AFTER_SALES, PRE_SALES, TEAMS, TECHNICAL
from support_service.service_feedback import surveys
from support_service.service_intake.intake import IntakePayload, accept
from support_service.support_service import moves, promises
from support_service.support_service.lifecycle import BY_ACTION
from support_service.support_service.messaging import notify

AGENT = "liu.ting"
TEAM_OF_QUEUE = {"After-Sales": AFTER_SALES, "Technical Support": TECHNICAL, "Pre-Sales": PRE_SALES}
STORIES = (*PAST, *OPEN)


def make_cases() -> None:
	"""Every story that this site does not have yet; each is committed whole or not at all."""
	# stock leaves the vans in the order the cases were raised
	for story in sorted(STORIES, key=raised_at):
		if not case_of(story.key):
			play(story)
			frappe.db.commit()  # a story that was played is there for good; a stopped load goes on with the next


def case_of(key: str) -> str | None:
	"""The case made of the story `key`; the intake keeps the key."""
	return frappe.db.get_value("Service Request", {"intake_key": ("like", f"%:demo-{key}")})


def summary() -> str:
	"""How many demo cases there are, by status."""
	found = frappe.get_all("Service Request", filters={"intake_key": ("like", "%:demo-%")}, pluck="status")
	counts = ", ".join(f"{count} {status}" for status, count in sorted(Counter(found).items()))
	return f"  {len(found)} cases: {counts}"


def raised_at(story: Story) -> datetime:
	if not story.at:
		return add_to_date(now_datetime(), hours=-story.ago)
	return get_datetime(f"{add_to_date(today(), days=-int(story.ago))} {story.at}:00")


def play(story: Story) -> str:
	"""Open the case, take its steps, date everything back; returns its name."""
	raised = raised_at(story)
	name = _open(story)
	_date_back(name, {"create": raised}, {"raised_on": raised})
	for step in story.steps:
		_take(name, story, step, raised)
	_promise(name)
	_notify(name, story)
	return name


def _promise(name: str) -> None:
	"""Start the case's clocks again from the ledger that was dated back, as an update from a version without clocks does.

	Nobody is notified of what lies in the past.
	"""
	frappe.db.delete("Service Clock Entry", {"request": name})
	frappe.db.delete("Service Clock", {"request": name})
	frappe.db.set_value("Service Request", name, "service_level_policy", None, update_modified=False)
	promises.start_missing_clocks(name)


def _notify(name: str, story: Story) -> None:
	"""Notify about open cases only, not about cases that were closed weeks ago."""
	for row in frappe.get_all("Service Request Move", {"request": name, "told": 0}, pluck="name"):
		if story in OPEN:
			notify.notify(row)
		else:
			frappe.db.set_value("Service Request Move", row, "told", 1, update_modified=False)
	keep_messages_here([name])


def _open(story: Story) -> str:
	buyer = BY_KEY[story.customer]
	unit = frappe.db.get_value("Installed Unit", {"serial_no": story.unit}) if story.unit else None
	payload = IntakePayload(
		subject=story.subject,
		description=story.description,
		request_type=story.request_type,
		impact=story.impact,
		urgency=story.urgency,
		customer=customer_of(story.customer),
		installed_unit=unit,
		contact=contact_of(story.customer),
		contact_name=buyer.contact,
		contact_phone=buyer.phone,
		contact_email=buyer.email,
	)
	who = buyer.email if story.channel == "Portal" and buyer.portal else email_of(AGENT)
	with acting_as(who):
		# a portal user may not see the contact that the portal enters for them
		return accept(story.channel, payload, key=f"demo-{story.key}", checked=True)


def _take(name: str, story: Story, step: Step, raised: datetime) -> None:
	if isinstance(step, Planned):
		visits.plan(name, step)
	elif isinstance(step, Went):
		times = visits.report(name, step, raised + timedelta(hours=step.hours))
		_date_back(name, times)
	elif isinstance(step, Answered):
		_answer(name, story, step, raised + timedelta(hours=step.hours))
	else:
		_move(name, story, step, raised + timedelta(hours=step.hours))


def _move(name: str, story: Story, step: Do, moment: datetime) -> None:
	engineer = visits.engineer_of(step.engineer) if step.engineer else None
	with acting_as(_mover(name, story, step)):
		moves.apply_move(name, step.action, reason=step.reason or None, engineer=engineer, values=step.values)
	_date_back(name, {step.action: moment})


def _mover(name: str, story: Story, step: Do) -> str:
	"""Who makes this move: as the story says, else the lead of the case's queue, else its engineer."""
	if step.by:
		return BY_KEY[story.customer].email if step.by == "customer" else email_of(step.by)
	if step.action in ("assign", "close_unanswered"):
		team = TEAM_OF_QUEUE[frappe.db.get_value("Service Request", name, "department_queue")]
		return email_of(TEAMS[team][1])
	return frappe.db.get_value("Service Request", name, "engineer_user")


def _answer(name: str, story: Story, step: Answered, moment: datetime) -> None:
	buyer = BY_KEY[story.customer]
	survey = surveys.open_survey_of(name)
	# whoever has no login answers through the link in the mail, which needs none
	via = "Link" if step.via == "Portal" and not buyer.portal else step.via
	who = {"Portal": buyer.email, "Link": "Guest", "Phone": email_of(AGENT)}[via]
	with acting_as(who):
		surveys.answer(
			survey,
			satisfied=step.satisfied,
			score=step.score,
			comment=step.comment or None,
			via=via,
			by=buyer.contact,
		)
	frappe.db.set_value("Service Survey", survey, "answered_on", moment, update_modified=False)
	_date_back(name, {"confirm" if step.satisfied else "dispute": moment})


def _date_back(name: str, moments: dict[str, datetime], values: dict[str, datetime] | None = None) -> None:
	"""Put the newest ledger row of each action, and what its move stamps, to its moment."""
	stored = dict(values or {})
	for action, moment in moments.items():
		row = frappe.db.get_value(
			"Service Request Move", {"request": name, "action": action}, order_by="creation desc"
		)
		if not row:
			continue
		changes = {"moved_at": moment, "creation": moment, "modified": moment}
		frappe.db.set_value("Service Request Move", row, changes, update_modified=False)
		for fieldname in BY_ACTION[action].stamps if action in BY_ACTION else ():
			stored[fieldname] = moment
		if action == "create":
			stored["creation"] = moment
		if action == "resolve":
			opened = {"opened_on": moment, "expires_on": add_to_date(moment, days=14), "creation": moment}
			frappe.db.set_value("Service Survey", surveys.open_survey_of(name), opened, update_modified=False)
	stored["modified"] = max(moments.values())
	frappe.db.set_value("Service Request", name, stored, update_modified=False)
