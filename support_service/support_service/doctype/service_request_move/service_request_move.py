import frappe

from support_service.foundation.ledger import LedgerRow


class ServiceRequestMove(LedgerRow):
	pass


def on_doctype_update():
	frappe.db.add_index("Service Request Move", ["request", "creation"])
	# the sweep reads what is still to be told, never the whole ledger
	frappe.db.add_index("Service Request Move", ["told", "creation"])
