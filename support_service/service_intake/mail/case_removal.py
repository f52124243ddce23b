"""Mails stay when the request that they opened is deleted, as spam say; hook `support_service_hanging_on_cases`.

Their rows keep them from being fetched again, and our people can still make a request of one.
"""

from __future__ import annotations

import frappe
from frappe import _

from support_service.foundation import language
from support_service.service_intake.mail import pull
from support_service.support_service.removal import Hanging


def let_go(case: str) -> None:
	"""No mail names `case` any more; what had become of it is put aside."""
	said = _("The request {0} was deleted.", language.of_site()).format(case)
	aside = {"state": pull.IGNORED, "reason": said}
	frappe.db.set_value(pull.MAIL, {"request": case, "state": pull.PROCESSED}, aside, update_modified=False)
	links = {"request": None, "communication": None}
	frappe.db.set_value(pull.MAIL, {"request": case}, links, update_modified=False)
	frappe.db.set_value(pull.MAIL, {"decided_request": case}, "decided_request", None, update_modified=False)


MAILS = Hanging(pull.MAIL, "request", let_go=let_go)
