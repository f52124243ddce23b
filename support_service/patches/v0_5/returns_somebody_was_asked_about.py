"""Returns for which a person was asked which units came back get a row of Postponed Work; until now only their task showed it."""

import frappe

from support_service.installed_base.deliveries import facts as delivery_facts
from support_service.installed_base.deliveries import return_questions, returns


def execute() -> None:
	"""Note it for returns whose task is open, if it is still unknown which units came back."""
	for doctype in return_questions.RETURNS:
		noted = return_questions.asked_about(doctype)
		for name in return_questions.open_tasks(doctype):
			if name in noted or not frappe.db.exists(doctype, name):
				continue
			doc = frappe.get_doc(doctype, name)
			if doc.docstatus != 1 or not doc.is_return or not delivery_facts.moves_goods(doc):
				continue
			if returns.units_of(doc, deduce=False).unknown:
				return_questions.note_asked(doc)
