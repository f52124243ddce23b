"""What an Assignment Rule gives to somebody is the assignment of the case: made by the app, once the rules have run.

Frappe's rules run at every save of a case, after our own listeners (`on_update` of "*"), with nobody's rights in
particular, and must never keep a case from being saved. So their tasks are noted while they run, and followed in
`on_change`, when the case is stored. Hooks of Service Request, see hooks.py.

- The user whom the rule picked gets the case where they are an active engineer; else the next of the rule who is.
- Where nobody is, or the case cannot be assigned yet, the task is taken back and the case says why, once.
- A rule neither takes the case from its engineer without giving it to another, nor opens tasks of a case that is over.
"""

from __future__ import annotations

from collections.abc import Iterator

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.roles import ENGINEER
from support_service.foundation import language, people
from support_service.support_service.assignments import engineer_task
from support_service.support_service.lifecycle import OPEN_STATES, Status
from support_service.support_service.moves import apply_move

CASE, TODO, RULE = "Service Request", "ToDo", "Assignment Rule"
AT_WORK = "support_service_rules_at_work"
SAVEPOINT = "rule_task"


def begin(case: Document, method: str | None = None) -> None:
	"""Last of our listeners to a saved case: from here to `settle` tasks of the case come from rules."""
	_noted()[case.name] = []


def is_at_work(case: str) -> bool:
	"""Whether rules are running on `case`."""
	return case in _noted()


def note(case: str, todo: str) -> None:
	"""A rule has made, or changed, the open task `todo`."""
	if todo not in _noted()[case]:
		_noted()[case].append(todo)


def settle(case: Document, method: str | None = None) -> None:
	"""The rules have run: the tasks they made become the assignment, or go."""
	todos = [todo for todo in _noted().pop(case.name, []) if _is_open(todo)]
	before = case.modified
	for todo in todos:
		_follow(case.name, frappe.get_doc(TODO, todo))
	if todos and before != frappe.db.get_value(CASE, case.name, "modified"):
		case.reload()  # whoever goes on with it, or is answered with it, sees it assigned


def validate(rule: Document, method: str | None = None) -> None:
	"""Warn whoever saves a rule for cases of users to whom no case can be assigned."""
	if rule.document_type != CASE or rule.disabled:
		return
	users = [row.user for row in rule.users]
	fit = set(frappe.get_all("Service Engineer", {"user": ("in", users or [""]), "active": 1}, pluck="user"))
	unfit = [frappe.utils.get_fullname(user) for user in users if user not in fit]
	if unfit:
		frappe.msgprint(
			_(
				"These users are no active Service Engineers; the rule passes them over: {0}. Make them Service Engineers, "
				"or take them out of the rule."
			).format(", ".join(unfit)),
			indicator="orange",
		)


def _noted() -> dict[str, list[str]]:
	noted = frappe.flags.get(AT_WORK)
	if noted is None:
		noted = frappe.flags[AT_WORK] = {}
	return noted


def _is_open(todo: str) -> bool:
	return frappe.db.get_value(TODO, todo, "status") == "Open"


def _follow(name: str, todo: Document) -> None:
	status, holder = frappe.db.get_value(CASE, name, ["status", "engineer_user"])
	if status in OPEN_STATES and holder == todo.allocated_to:
		return
	rule = todo.assignment_rule if frappe.db.exists(RULE, todo.assignment_rule or "") else None
	why_not = ""
	if status in OPEN_STATES:
		why_not = _assign(name, todo, rule, "assign" if status == Status.NEW else "reassign")
	if status not in OPEN_STATES or why_not:
		todo.reload()
		engineer_task.end(todo, "Cancelled")
	if why_not:
		_say_once(name, why_not)


def _assign(name: str, todo: Document, rule: str | None, action: str) -> str:
	"""Make the move; returns why it could not be made, for everybody to read, or nothing."""
	lang = language.of_site()
	engineer = next(_engineers(todo.allocated_to, rule), None)
	if not engineer:
		return _(
			"The assignment rule {0} named nobody who is an active Service Engineer. Press Assign Engineer and choose one.",
			lang,
		).format(rule or "")
	frappe.db.savepoint(SAVEPOINT)
	try:
		apply_move(
			name,
			action,
			engineer=engineer,
			# by name, not as its reference: a link would keep the rule from ever being deleted
			reason=_("By the assignment rule {0}.", lang).format(rule or ""),
			by_app=True,
		)
	except frappe.ValidationError as error:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.clear_last_message()
		return _("The assignment rule {0} could not assign the request: {1}", lang).format(rule or "", error)
	_remember(rule, engineer)
	return ""


def _engineers(picked: str, rule: str | None) -> Iterator[str]:
	"""Active engineers whose user can act: of the user whom the rule picked, then of those after them in the rule."""
	users = [row.user for row in frappe.get_cached_doc(RULE, rule).users] if rule else []
	start = users.index(picked) + 1 if picked in users else 0
	for user in people.able((picked, *users[start:], *users[:start]), ENGINEER):
		if engineer := frappe.db.get_value("Service Engineer", {"user": user, "active": 1}):
			yield engineer


def _remember(rule: str | None, engineer: str) -> None:
	"""The round goes on after the one who really got the case."""
	user = frappe.db.get_value("Service Engineer", engineer, "user")
	if rule and frappe.db.get_value(RULE, rule, "last_user") != user:
		frappe.db.set_value(RULE, rule, "last_user", user, update_modified=False)


def _say_once(name: str, sentence: str) -> None:
	said = frappe.get_all(
		"Comment",
		{"reference_doctype": CASE, "reference_name": name, "comment_type": "Info"},
		pluck="content",
		order_by="creation desc",
		limit=1,
	)
	text = frappe.utils.escape_html(sentence)
	if said != [text]:
		frappe.get_doc(CASE, name).add_comment("Info", text)
