"""How the flows of a van store documents: past the caller's rights on them, which the flow has checked before in its own way."""

from __future__ import annotations

from frappe.model.document import Document


def save(doc: Document) -> Document:
	"""Insert or save `doc`; the caller has checked that whoever asks may do this step of this van's flow."""
	# engineers and leads need no right to write counts, hand-overs, stock documents or items: the right to the step is enough
	doc.flags.ignore_permissions = True
	return doc.save()
