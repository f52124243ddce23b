"""Logins that had portal access through a Contact made by staff become Portal Users of the Customer.

From now on only a Customer's Portal Users have access. Contacts that a website user made or changed give none; our managers and
system managers are notified once that the report Portal Access lists them.
"""

from __future__ import annotations

import frappe
from frappe import _

from support_service.constants.roles import MANAGER
from support_service.erpnext_takeover import contact_logins
from support_service.erpnext_takeover.kinds import SKIPPED, WOULD, Plan, Scope
from support_service.foundation import people

REPORT = "Portal Access"
SAVEPOINT = "portal_users_of_contacts"


def execute() -> None:
	"""Go through all Contacts of customers once, in the order of their names."""
	last, undecided = "", 0
	while names := contact_logins.names(Scope(), last, contact_logins.CHUNK):
		last = names[-1]
		plans = contact_logins.plan(names, Scope())
		failed = sum(not _give(plan) for plan in plans if plan.outcome == WOULD)
		undecided += failed + sum(plan.outcome == SKIPPED for plan in plans)
	if undecided:
		_notify(undecided)


def _give(plan: Plan) -> bool:
	"""One user that cannot be saved does not hold the migration up: it stays in the report and in the Error Log."""
	frappe.db.savepoint(SAVEPOINT)
	try:
		contact_logins.make([plan])
	except frappe.QueryDeadlockError:
		raise  # the whole transaction is gone
	except Exception:
		frappe.db.rollback(save_point=SAVEPOINT)
		frappe.log_error(f"Portal access of contact {plan.source} could not be kept")
		return False
	frappe.db.release_savepoint(SAVEPOINT)
	return True


def _notify(undecided: int) -> None:
	"""Notify system managers and our managers on the desk, each in their language; not again if they have been notified."""

	def line(lang: str) -> str:
		return _(
			"{0} contacts no longer give access to a customer's service pages, for a website user made or changed them. The report Portal Access lists them.",
			lang,
		).format(undecided)

	notified = frappe.get_all("Notification Log", {"document_name": REPORT}, pluck="for_user", distinct=True)
	users = {*people.holders("System Manager", MANAGER), people.ADMINISTRATOR}.difference(notified)
	people.notify(sorted(users), line, document=("Report", REPORT), from_user=people.ADMINISTRATOR)
