import frappe

from support_service.foundation.ledger import LedgerRow


class ServiceClockEntry(LedgerRow):
	pass


def on_doctype_update():
	# escalation steps that are still to be carried out, never the whole ledger
	frappe.db.add_index("Service Clock Entry", ["told", "creation"])
