"""Whitelisted functions of the customer portal: inviting colleagues, revoking invitations, removing people, accepting."""

import frappe

from support_service.customer_portal import pages, people
from support_service.foundation import rate_limits


@frappe.whitelist(methods=["POST"])
def invite(customer: str, email: str, full_name: str = "") -> dict[str, str]:
	"""Invite a colleague to the portal of a customer that the user manages; returns the invitation's `name`.

	Raises people.InvitationError, pages.NotFoundForCustomerError.
	"""
	pages.refuse_forged()
	people.require_managed(customer)
	rate_limits.count("invite", 30, subject=frappe.session.user)
	return {"name": people.invite(customer, email, full_name)}


@frappe.whitelist(methods=["POST"])
def revoke(invitation: str) -> None:
	"""Revoke an open invitation of a customer that the user manages."""
	pages.refuse_forged()
	people.revoke(invitation)


@frappe.whitelist(methods=["POST"])
def remove(customer: str, user: str) -> None:
	"""Take the portal access of a colleague away. Raises people.InvitationError, pages.NotFoundForCustomerError."""
	pages.refuse_forged()
	people.remove(people.require_managed(customer), user)


@frappe.whitelist(allow_guest=True, methods=["POST"])
def accept_invitation(token: str) -> dict[str, bool]:
	"""Accept an invitation by the link in its mail; returns `has_login`. Raises people.InvitationLinkError."""
	rate_limits.count_guest("invitation", address=30, site=1000)
	return people.accept(token)
