"""Whose address is whose: to whom a mail counts as an answer, and to whom a link may go that answers for the customer.

A link in a mail closes a case or accepts a charge. Whoever worked on the case must not be able to send it to themselves,
so it goes to an address that somebody else stands for, and waits in the outbox until then.
"""

from __future__ import annotations

from email.utils import getaddresses

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER
from support_service.permissions import contact_ties
from support_service.permissions.contact_ties import DESK, Tie

# the steps that are work on a case; whoever took one does not answer for the customer
WORK = (
	"start",
	"wait_for_customer",
	"wait_for_parts",
	"wait_for_vendor",
	"deliver_plan",
	"restore",
	"resolve",
)
# who entered and who confirmed the address: noted by the app
COLUMNS = ("contact_email_by", "contact_email_confirmed_by")
CONFIRMERS = (DESK_AGENT, LEAD, MANAGER, "System Manager")
# the app acts as this user in its jobs
APP_USER = "Administrator"


class AddressNotConfirmedError(frappe.ValidationError):
	"""The session's user cannot confirm this address."""


def workers(case: Document) -> set[str]:
	"""Users who work or worked on `case`: its engineer, whoever visits for it, and whoever took one of the steps WORK."""
	moved = frappe.get_all(
		"Service Request Move",
		filters={"request": case.name, "action": ("in", WORK)},
		pluck="moved_by",
		distinct=True,
		order_by=None,
	)
	visits = {"service_request": case.name, "docstatus": ("<", 2), "engineer": ("is", "set")}
	visitors = frappe.get_all("Engineer Visit", visits, pluck="engineer", distinct=True, order_by=None)
	users = (
		frappe.get_all("Service Engineer", {"name": ("in", visitors)}, pluck="user", order_by=None)
		if visitors
		else []
	)
	return {*moved, *users, case.engineer_user} - {None, "", APP_USER}


def bare(text: str | None) -> set[str]:
	"""The addresses of a header line, in lower case: `Li Na <li@example.com>, b@example.com` → both."""
	return {address.strip().lower() for _name, address in getaddresses([text or ""]) if "@" in address}


def answers_customer(case: Document, mail: Document) -> bool:
	"""Whether somebody of the customer's is among those `mail` (a Communication) goes to."""
	sent_to = bare(mail.recipients) | bare(mail.cc) | bare(mail.bcc)
	return bool(sent_to & speakers(case))


def speakers(case: Document) -> set[str]:
	"""Addresses, in lower case, of those whom we answer on `case`: its customer's people and whoever wrote in. A colleague's
	address is none of them."""
	found = own_people(case) | wrote_in(case)
	return found - colleagues(case.customer, found)


def own_people(case: Document) -> set[str]:
	"""Addresses, in lower case, of the people of the customer of `case`: Portal Users, contacts that staff made, and the
	contact the case names; no colleague's."""
	found = bare(case.contact_email)
	if case.contact:
		emails = frappe.get_all(
			"Contact Email",
			filters={"parenttype": "Contact", "parent": case.contact},
			pluck="email_id",
			order_by=None,
		)
		found |= bare(", ".join(emails))
	if case.customer:
		found |= contact_ties.known_addresses(case.customer)
	return found - colleagues(case.customer, found)


def wrote_in(case: Document) -> set[str]:
	"""Senders of what came in on `case`. A mail to them is an answer, but they are nobody whom a link may go to: everybody
	who knows the case's number can write in from a mailbox of their own."""
	senders = frappe.get_all(
		"Communication",
		filters={
			"reference_doctype": case.doctype,
			"reference_name": case.name,
			"sent_or_received": "Received",
			"communication_type": "Communication",
		},
		pluck="sender",
		order_by=None,
	)
	return {address for sender in senders for address in bare(sender)}


def colleagues(customer: str | None, addresses: set[str]) -> set[str]:
	"""Which of `addresses` are those of desk users who are not the customer's Portal Users."""
	if not addresses:
		return set()
	rows = frappe.get_all(
		"User",
		filters={"email": ("in", sorted(addresses)), "user_type": DESK},
		fields=["name", "email"],
		order_by=None,
	)
	theirs = contact_ties.portal_users([customer])[customer] if customer else set()
	return {row.email.lower() for row in rows if row.name not in theirs}


def why_unconfirmed(case: Document, address: str) -> str | None:
	"""Why a link that answers for the customer may not go to `address` yet, as a sentence; None where it may."""
	address = (address or "").strip().lower()
	if colleagues(case.customer, {address}):
		return _("{0} is the address of a colleague. Enter the customer's address.").format(address)
	at_work = workers(case)
	if address in _own_addresses(at_work):
		return _("{0} is the address of somebody who works on {1}. Enter another one.").format(
			address, case.name
		)
	if _is_known(case, address, at_work) or _is_vouched_for(case, address, at_work):
		return None
	return _(
		"{0} was entered by somebody who works on {1}. Ask a colleague who does not work on it to confirm the address."
	).format(address, case.name)


def refuse_own_answer(case: Document, *, for_customer: bool = True) -> None:
	"""Raise frappe.PermissionError where the session's user may not answer, or record an answer, about `case`.

	Nobody confirms their own work. for_customer: as the customer, which people of the desk are not unless the Customer
	lists them as Portal Users; False where a colleague notes what the customer said.
	"""
	_refuse_answer(workers(case), case.customer, for_customer)


def refuse_own_answer_of(customer: str, *, for_customer: bool = True) -> None:
	"""As `refuse_own_answer`, about our service to `customer` as a whole: nobody who worked for them in the last year."""
	moved, case = frappe.qb.DocType("Service Request Move"), frappe.qb.DocType("Service Request")
	since = add_to_date(now_datetime(), years=-1)
	query = (
		frappe.qb.from_(moved)
		.join(case)
		.on(case.name == moved.request)
		.select(moved.moved_by, case.engineer_user)
		.distinct()
		.where((case.customer == customer) & moved.action.isin(WORK) & (moved.moved_at >= since))
	)
	at_work = {user for row in query.run() for user in row} - {None, "", APP_USER}
	_refuse_answer(at_work, customer, for_customer)


def _refuse_answer(at_work: set[str], customer: str | None, for_customer: bool) -> None:
	user = frappe.session.user
	if user in at_work:
		frappe.throw(
			_("Whoever works on a request may not answer for its customer. Ask a colleague."),
			frappe.PermissionError,
		)
	if not for_customer or user in ("Guest", APP_USER):
		return
	if colleagues(customer, bare(frappe.get_cached_value("User", user, "email"))):
		frappe.throw(_("Only the customer answers here. Log out first."), frappe.PermissionError)


def confirm(case: Document) -> None:
	"""The session's user stands for the address of `case`; links that waited for it are sent.

	The caller has checked that the user may read the case. Raises AddressNotConfirmedError.
	"""
	user = frappe.session.user
	if not case.contact_email:
		frappe.throw(_("{0} has no e-mail address.").format(case.name), AddressNotConfirmedError)
	own = colleagues(case.customer, bare(case.contact_email)) | _own_addresses(workers(case))
	if bare(case.contact_email) & own:
		frappe.throw(why_unconfirmed(case, case.contact_email), AddressNotConfirmedError)
	if user in workers(case) or user == case.contact_email_by:
		frappe.throw(
			_("Somebody else confirms this address: you entered it, or you work on {0}.").format(case.name),
			AddressNotConfirmedError,
		)
	case.flags.confirms_address = True
	case.contact_email_confirmed_by = user
	case.save_for_app()  # an agent of another team may confirm; the endpoint has checked the role


def keep_who_entered(case: Document) -> None:
	"""Whoever brings back a deleted case has not entered its address, and does not stand for it."""
	case.flags.address_entered_by = frappe.db.exists("User", case.contact_email_by or case.owner)


def note_who_entered(case: Document) -> None:
	"""Part of the case's validation: who entered its address, and that a changed one is not confirmed any more."""
	stored = case.get_doc_before_save()
	if stored and not case.flags.confirms_address:
		case.contact_email_confirmed_by = stored.contact_email_confirmed_by
	if not stored:
		case.contact_email_confirmed_by = None
	if not stored or bare(stored.contact_email) != bare(case.contact_email):
		who = case.flags.address_entered_by or frappe.session.user
		case.contact_email_by = who if case.contact_email else None
		if stored:
			case.contact_email_confirmed_by = None
	else:
		case.contact_email_by = stored.contact_email_by


def _own_addresses(users: set[str]) -> set[str]:
	"""The addresses that these users log in with."""
	if not users:
		return set()
	emails = frappe.get_all("User", {"name": ("in", sorted(users))}, pluck="email", order_by=None)
	return {email.lower() for email in emails if email}


def _is_known(case: Document, address: str, at_work: set[str]) -> bool:
	"""A Portal User, or an address of a Contact that somebody stands for who does not profit."""
	if not case.customer:
		return False
	if address in {user.lower() for user in contact_ties.portal_users([case.customer])[case.customer]}:
		return True
	return any(
		tie.known and address in tie.addresses and _stands(tie, case, at_work)
		for tie in contact_ties.ties_of([case.customer])
	)


def _stands(tie: Tie, case: Document, at_work: set[str]) -> bool:
	"""In a small firm whoever keeps the contacts also repairs; what they wrote before the case came is good."""
	profit = tie.saved_by & at_work
	if not profit:
		return True
	earlier = get_datetime(tie.saved_on) < get_datetime(case.creation)
	return earlier and all(_keeps_contacts(user) for user in profit)


def _keeps_contacts(user: str) -> bool:
	"""Has the user a role that writes everybody's Contacts? Role All, which writes one's own, does not count."""
	roles = set(frappe.get_roles(user))
	return any(
		perm.write and not perm.if_owner and not perm.permlevel and perm.role in roles
		for perm in frappe.get_meta("Contact").permissions
	)


def _is_vouched_for(case: Document, address: str, at_work: set[str]) -> bool:
	"""The case's own address, entered or confirmed by somebody who does not work on it."""
	if address not in bare(case.contact_email):
		return False
	entered_by = case.contact_email_by or case.owner
	return any(user and user not in at_work for user in (entered_by, case.contact_email_confirmed_by))
