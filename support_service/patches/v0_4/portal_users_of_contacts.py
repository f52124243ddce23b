"""Logins that acted for a customer through a Contact made by staff become Portal Users of that Customer.

From now on only a Customer's Portal Users act for it. Ties that nobody of ours has made are not carried over; whoever may
change customers is told once where to decide on them, in the report Portal Access.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs

from support_service.constants.roles import MANAGER
from support_service.erpnext_takeover import contact_logins
from support_service.erpnext_takeover.kinds import SKIPPED, WOULD, Plan, Scope
from support_service.foundation import language

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
		_tell(undecided)


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


def _tell(undecided: int) -> None:
	"""System managers and our managers, on the desk, each in their language; not again while it is unread."""
	holders = frappe.get_all(
		"Has Role",
		filters={"parenttype": "User", "role": ("in", ("System Manager", MANAGER))},
		pluck="parent",
		distinct=True,
		order_by=None,
	)
	users = frappe.get_all("User", filters={"name": ("in", holders), "enabled": 1}, fields=["name", "email"])
	for user in users:
		if frappe.db.exists("Notification Log", {"for_user": user.name, "document_name": REPORT}):
			continue
		subject = _(
			"{0} contacts no longer give access to a customer's service pages, for a website user made or changed them. The report Portal Access lists them.",
			language.of_user(user.name),
		).format(undecided)
		make_notification_logs(
			frappe._dict(
				type="Alert",
				document_type="Report",
				document_name=REPORT,
				subject=subject,
				from_user="Administrator",
			),
			[user.email],
		)
