"""Inserts the drafts that follow from a contract, past the user's own rights: the one place that does so."""

from __future__ import annotations

from frappe.model.document import Document

from support_service.foundation import currencies


def insert(draft: Document) -> Document:
	"""Insert the next term, the Quotation or the Sales Invoice of a contract as a draft, which has no effect yet.

	The daily run acts for nobody. Whoever presses the button may change the contract, which the caller has checked, and need
	have no right to make other contracts, quotations or invoices. Submitting the draft needs ERPNext's rights.
	"""
	with currencies.written_in_words(draft):
		# a draft has no effect; see above
		return draft.insert(ignore_permissions=True)
