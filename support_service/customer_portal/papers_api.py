"""Whitelisted functions of the customer portal: documents of ERPNext, and files that staff have marked for the customer."""

import frappe
from frappe import _

from support_service.customer_portal import invoices, marked_files, pages
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


@frappe.whitelist(methods=["GET"])
def document(file: str) -> None:
	"""Download a file that staff have marked for the user's customer on a device or a contract, always as a download."""
	on = frappe.db.get_value("File", file, ["attached_to_doctype", "attached_to_name"], as_dict=True)
	# a request is asked about by the page of the request (api.attachment)
	if not on or on.attached_to_doctype not in ("Installed Unit", "Service Contract"):
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	holder = pages.find_own(on.attached_to_doctype, on.attached_to_name)
	rate_limits.count("document", 300, subject=frappe.session.user)
	found = frappe.get_doc("File", file)
	if not marked_files.is_shown_with(found, holder.doctype, holder):
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	frappe.local.response.update(
		{
			"type": "download",
			"filename": found.file_name,
			"filecontent": found.get_content(),
			"display_content_as": "attachment",
		}
	)
