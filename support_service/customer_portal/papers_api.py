"""Whitelisted functions of the customer portal: documents of ERPNext to download."""

import frappe
from frappe import _

from support_service.customer_portal import invoices, pages
from support_service.foundation import rate_limits


@frappe.whitelist(methods=["GET"])
def invoice(name: str) -> None:
	"""An own submitted invoice for service as PDF, in the print format that ERPNext prints it in."""
	found = pages.find_own(invoices.INVOICE, name)
	rate_limits.count("invoice-print", 120, subject=frappe.session.user)
	if not invoices.is_own(found):
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	# customers have no right to print; the invoice was checked to be theirs above
	found.flags.ignore_print_permissions = True
	content = frappe.get_print(invoices.INVOICE, found.name, doc=found, as_pdf=True)
	frappe.local.response.update({"type": "pdf", "filename": f"{found.name}.pdf", "filecontent": content})
