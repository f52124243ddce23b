"""Whitelisted function of the customer portal: wish a time for a visit."""

import frappe
from frappe import _

from support_service.customer_portal import pages, wishes
from support_service.foundation import rate_limits


@frappe.whitelist(methods=["POST"])
def wish_times(
	request: str,
	day_1: str,
	from_1: str = "",
	to_1: str = "",
	day_2: str = "",
	from_2: str = "",
	to_2: str = "",
	day_3: str = "",
	from_3: str = "",
	to_3: str = "",
	note: str = "",
	key: str = "",
) -> dict[str, str]:
	"""Propose up to three windows for a visit on an own open case; returns the message that says so.

	Days as YYYY-MM-DD, times as HH:MM by the user's clock; empty times: the working day. key: made by the page once per form.
	Raises wishes.WishedTimeError, pages.NotFoundForCustomerError.
	"""
	pages.refuse_forged()
	case = pages.find_own("Service Request", request)
	rate_limits.count("wish-times", 60, subject=frappe.session.user)
	if not wishes.may_wish(case):
		frappe.throw(
			_("No visit is planned for this request any more. Please write to us."), wishes.WishedTimeError
		)
	rows = [(day_1, from_1, to_1), (day_2, from_2, to_2), (day_3, from_3, to_3)]
	return {"name": wishes.wish(case, wishes.windows_of(rows), note, key)}
