from frappe.model.document import Document


class VanCount(Document):
	"""A count of one van: what the books expected, what was found, and what became of it; written by `vans/counts.py` only."""
