"""Our own escalation actions (hook key `support_service_escalation_actions`).

Each takes the step that was reached and returns the users it notified. They run in the transaction that marks the step, with
the case locked, as the scheduler's user; what they raise is undone and tried again (service_level/clock/escalation.py).
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html

from support_service.foundation import language, people, zones
from support_service.service_level.clock.escalation import Escalation
from support_service.support_service.errors import MoveNotAllowedError, MoveRequirementError
from support_service.support_service.intake_defaults import raise_priority
from support_service.support_service.lifecycle import Status
from support_service.support_service.messaging import escalation_words, messages, recipients
from support_service.support_service.messaging.ways import robots
from support_service.support_service.moves import apply_move

SMS = "SMS"
TEMPLATE = "support_service/templates/emails/escalation.html"


class EscalationRobotError(frappe.ValidationError):
	"""A step that goes to a chat names no robot, or one whose chat a customer reads."""


def notify_on_desk(escalation: Escalation) -> list[str]:
	"""One desk notification each, in the reader's language."""
	return _notify(_users(escalation), escalation)


def send_mail(escalation: Escalation) -> list[str]:
	"""One mail each; the Email Queue row commits with the mark on the step."""
	users = _users(escalation)
	for user in users:
		frappe.sendmail(
			recipients=[frappe.db.get_value("User", user, "email") or user],
			subject=f"[{escalation.case.name}] {_sentence(escalation, user)}",
			message=frappe.render_template(TEMPLATE, _mail_context(escalation, user)),
			reference_doctype=escalation.case.doctype,
			reference_name=escalation.case.name,
			delayed=True,
		)
	return users


def send_sms(escalation: Escalation) -> list[str]:
	"""One text message each through the outbox; who has no number stored is notified on the desk instead."""
	told, without_number = [], []
	for user in _users(escalation):
		number = _number_of(user)
		if not number:
			without_number.append(user)
			continue
		sentence = _sentence(escalation, user)
		messages.queue(
			escalation.case,
			subject=sentence,
			body=escape_html(f"{escalation.case.name}: {sentence}"),
			key=f"escalation:{escalation.entry.name}:{user}"[:140],
			sender=SMS,
			recipient=number,
		)
		told.append(user)
	return told + _notify(without_number, escalation)


def send_to_chat(escalation: Escalation) -> list[str]:
	"""One line into a chat of our own people; where that cannot be, whom the step names is notified on the desk.

	What the robot refuses later on is told to the lead, see messages.py.
	"""
	robot, case = escalation.robot, escalation.case
	if not robots.is_ours(robot):
		return _notify(_users(escalation), escalation)
	sentence = _sentence(escalation)
	link = frappe.utils.get_url_to_form(case.doctype, case.name)
	about = " · ".join(filter(None, (case.name, case.customer_name, case.subject)))
	messages.queue(
		case,
		subject=sentence,
		body=f"<p>{escape_html(about)}</p><p>{escape_html(sentence)}</p><p>{escape_html(link)}</p>",
		short=f"{about}\n{sentence}\n{link}",
		key=f"escalation:{escalation.entry.name}:chat"[:140],
		sender=robots.SENDER,
		recipient=robot,
	)
	return [robot]


def before_validate_policy(policy: Document, method: str | None = None) -> None:
	"""Listens to Service Level Policy: only a step that goes to a chat names a robot, and only one of our own people."""
	for step in policy.ladder:
		if step.action != robots.SENDER:
			step.robot = None
		elif not step.robot:
			frappe.throw(
				_("Escalation row {0}: choose the robot of the chat.").format(step.idx), EscalationRobotError
			)
		elif frappe.db.get_value(robots.ROBOT, step.robot, "customer"):
			frappe.throw(
				_(
					"Escalation row {0}: {1} is a chat with a customer. Escalations go only to chats of our own people."
				).format(step.idx, frappe.bold(escape_html(step.robot))),
				EscalationRobotError,
			)


def reassign(escalation: Escalation) -> list[str]:
	"""Assign the case to the engineer on duty; where that cannot be, notify the team lead."""
	case = escalation.case
	engineer = next((name for name in recipients.engineers_on_duty(case) if name != case.engineer), None)
	action = "assign" if case.status == Status.NEW else "reassign"
	if engineer and _moved(escalation, action, engineer):
		user = frappe.db.get_value("Service Engineer", engineer, "user")
		return _notify([user], escalation) if user else []
	return _notify(recipients.users_for(case, recipients.LEAD), escalation)


def raise_case_priority(escalation: Escalation) -> list[str]:
	"""Raise the priority by one level, once per clock and step, and say so on the desk.

	A raised priority may bring another promise, under which the same step is reached again: it only notifies then.
	"""
	if not _acted_before(escalation):
		sentence = _sentence(escalation)
		raise_priority(escalation.case, sentence)
	return _notify(_users(escalation), escalation)


def _users(escalation: Escalation) -> list[str]:
	"""Whom the step names; outside the office hours of the team also who is on duty."""
	users = recipients.users_for(escalation.case, escalation.whom, escalation.role)
	if recipients.outside_office_hours(escalation.case):
		users += recipients.users_on_duty(escalation.case)
	return list(dict.fromkeys(users))


def _notify(users: list[str], escalation: Escalation) -> list[str]:
	case = escalation.case
	told = []
	for user in users:
		text = f"{_sentence(escalation, user)} {case.name} {case.subject or ''}"
		told += people.notify([user], lambda _lang, text=text: text, document=(case.doctype, case.name))
	return told


def _sentence(escalation: Escalation, user: str | None = None) -> str:
	"""For `user`, in their language and by their clock; else for everybody who reads what is stored."""
	if not user:
		return escalation_words.sentence(escalation.clock, language.of_site(), zones.of_site())
	return escalation_words.sentence(escalation.clock, language.of_user(user), zones.of_user(user))


def _mail_context(escalation: Escalation, user: str) -> dict[str, object]:
	lang = language.of_user(user)
	return {
		"case": escalation.case,
		"line": _sentence(escalation, user),
		"due": escalation_words.due_of(escalation.clock, lang, zones.of_user(user)),
		"kind": _(escalation.clock.kind, lang),
		"language": lang,
		"url": frappe.utils.get_url_to_form("Service Request", escalation.case.name),
	}


def _moved(escalation: Escalation, action: str, engineer: str) -> bool:
	"""Assign the case; False where it cannot be in its present state (resolved already, no customer yet)."""
	sentence = _sentence(escalation)
	try:
		apply_move(escalation.case.name, action, engineer=engineer, reason=sentence, by_app=True)
	except (MoveNotAllowedError, MoveRequirementError):
		frappe.clear_last_message()  # raised before anything was written
		return False
	return True


def _acted_before(escalation: Escalation) -> bool:
	same = {
		"clock": escalation.clock.name,
		"step": escalation.entry.step,
		"told": 1,
		"told_to": ("!=", ""),
		"name": ("!=", escalation.entry.name),
	}
	return bool(frappe.db.exists(escalation.entry.doctype, same))


def _number_of(user: str) -> str | None:
	return frappe.db.get_value("User", user, "mobile_no") or frappe.db.get_value(
		"Service Engineer", {"user": user, "active": 1}, "phone"
	)
