"""Messages about a charge: the customer is asked to accept it; engineer and lead are notified of the answer.

Listens to Coverage Decision (hooks.py). A message is a row of the outbox, so it is sent only if the decision is committed.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import fmt_money

from support_service.foundation import people
from support_service.service_charging.decision import message_events
from support_service.service_charging.decision.store import SALE
from support_service.support_service.messaging import customer_people, messages, recipients


def follow_decision(decision: Document, method: str | None = None) -> None:
	"""doc_event on_update of Coverage Decision; acts on the flags that acceptance.py has set on the document."""
	if token := decision.flags.acceptance_token:
		_ask(decision, token)
	if decision.flags.charge_answered:
		_refuse_own_acceptance(decision)
		_notify_staff(decision)


def _ask(decision: Document, token: str) -> None:
	case = frappe.get_doc("Service Request", decision.service_request)
	if messages.sender_of(case) is None:
		return  # the customer wants to be called, or looks at the portal, which asks as well
	is_sale = decision.stage == SALE
	amount = fmt_money(decision.charged_amount, currency=decision.currency)
	messages.tell(
		case,
		message_events.PARTS if is_sale else message_events.CHARGE,
		{
			"amount": amount if is_sale or decision.charged_amount else None,
			"link": messages.SECRET_MARK,
		},
		key=f"charge:{decision.name}:{decision.token_hash[:16]}",
		sender=messages.DEFAULT_SENDER,
		# whoever reads the outbox must not be able to answer for the customer
		secret=frappe.utils.get_url(f"/service-charge?token={token}"),
	)


def _refuse_own_acceptance(decision: Document) -> None:
	"""Refuse an acceptance by somebody who works on the case, whichever way it was given."""
	if decision.acceptance == "Accepted":
		case = frappe.get_doc("Service Request", decision.service_request)
		customer_people.refuse_own_answer(case, for_customer=False)


def _notify_staff(decision: Document) -> None:
	"""A notification for the engineer and the lead of the case, in their own language."""
	case = frappe.get_doc("Service Request", decision.service_request)
	users = {
		*recipients.users_for(case, recipients.LEAD),
		*recipients.stand_in(case, recipients.ENGINEER),
	} - {frappe.session.user}

	def line(lang: str) -> str:
		said = (
			_("The customer accepted the charge", lang=lang)
			if decision.acceptance == "Accepted"
			else _("The customer declined the charge", lang=lang)
		)
		return f"{said}: {case.name} {case.subject or ''}"

	people.notify(sorted(users), line, document=(case.doctype, case.name))
