"""One Sales Invoice of what several visits charge, of one case or of several cases of a customer; work that is free is shown.

As with a single decision (charging.py) it is a draft of what is still owed and on no other document, exact for each decision.
"""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation import locks, transactions
from support_service.service_charging.billing import balances, charging, drafts
from support_service.service_charging.billing.balances import FIELD, Balance
from support_service.service_charging.billing.charging import NothingToChargeError, OfferOrderedError
from support_service.service_charging.decision.store import CURRENT, DECISION, WORK_DONE

MOST = 50


class NotTogetherError(frappe.ValidationError):
	"""Decisions of different customers or companies, or none about work that is done."""


def invoice_of(decisions: Sequence[str]) -> str:
	"""Name of one draft Sales Invoice of the decisions about visits; the draft there is, where all are on it already."""
	names = sorted(set(decisions))
	if not names or len(names) > MOST:
		frappe.throw(_("Choose between 1 and {0} decisions.").format(MOST), NotTogetherError)
	return transactions.run(frappe.get_doc(DECISION, names[0]), lambda: _invoice_of(names))


def _invoice_of(names: Sequence[str]) -> str:
	balances.lock(names)
	docs = [locks.get_doc(DECISION, name) for name in names]
	_check_together(docs)
	known: dict[str, Balance] = {}
	for doc in docs:
		if doc.service_request not in known:
			known[doc.service_request] = balances.of_case(doc.service_request, locked=True)
	owed = {doc.name: _owed(doc, known[doc.service_request]) for doc in docs}
	if not any(owed.values()):
		return _made_already(docs, known)
	shown = [doc for doc in docs if owed[doc.name] or _is_free(doc)]
	return drafts.insert_for(sorted(shown, key=lambda doc: (doc.service_request, doc.number)), owed)


def _check_together(docs: Sequence[Document]) -> None:
	if len({(doc.customer, doc.company, doc.currency) for doc in docs}) > 1:
		frappe.throw(
			_("One invoice is for one customer of one company. Choose decisions of the same ones."),
			NotTogetherError,
		)
	for doc in docs:
		if doc.stage != WORK_DONE or doc.status != CURRENT:
			frappe.throw(
				_(
					"{0} is not about work that a visit has done, or another decision has taken its place."
				).format(doc.name),
				NotTogetherError,
			)


def _owed(doc: Document, balance: Balance) -> float:
	"""What the decision adds to the invoice; it counts as billed for the next one, which may be about the same work."""
	if not doc.charged_amount or charging.why_not(doc):
		return 0.0
	owed = balance.offered(doc.name)
	balance.promised[doc.name] += owed
	return owed


def _is_free(doc: Document) -> bool:
	"""Whether all the decision's work is covered and stands on no document yet."""
	if doc.charged_amount or not doc.total:
		return False
	return not frappe.db.exists("Sales Invoice Item", {FIELD: doc.name, "docstatus": ("<", 2)})


def _made_already(docs: Sequence[Document], known: dict[str, Balance]) -> str:
	"""The draft that has all of it, as after a double click; refused with the documents where there is none."""
	documents = sorted(
		{
			name
			for doc in docs
			for name, amount in known[doc.service_request].documents_of(doc.name).items()
			if amount > 0
		}
	)
	as_drafts = {name for balance in known.values() for name in balance.drafts}
	for name in documents:
		if name in as_drafts:
			return name
	if documents:
		frappe.throw(
			_("All of this is charged with {0} already.").format(", ".join(documents)), OfferOrderedError
		)
	frappe.throw(
		next(filter(None, (charging.why_not(doc) for doc in docs)), None)
		or _("Nothing is charged: all work is covered, or has no price."),
		NothingToChargeError,
	)
