"""Our links and keys on ERPNext's stock documents: they say of which flow of ours a document is, so only our flows fill them.

A visit, a loan or a removed part takes a document that carries its key for its own. Whatever a person, an import or another app
inserts carries none; on a stored document they stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

from frappe import _
from frappe.model.document import Document

from support_service.foundation import typed
from support_service.service_parts import posted_now

_RETURNED = ("removed_part", "service_return_key")
FIELDS: Mapping[str, tuple[str, ...]] = {
	"Stock Entry": (
		"engineer_visit",
		"equipment_loan",
		"removed_part",
		"service_request",
		"service_consumption_key",
	),
	"Purchase Receipt": _RETURNED,
	"Purchase Invoice": _RETURNED,
	# filled on a draft and in an amendment of it: `vans/reconciliations.py` says which
	"Stock Reconciliation": ("van_count",),
}


def before_insert(doc: Document, method: str | None = None) -> None:
	"""Handler of stock documents: one that no flow of ours posts is an ordinary one, also if it is amended or copied from ours."""
	if not posted_now.is_posting(doc):
		doc.update(dict.fromkeys(FIELDS[doc.doctype]))


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Handler of stock documents: raise FilledByTheAppError where one of the fields is changed on a stored document."""
	stored = doc.get_doc_before_save()
	if stored and (names := typed.changed(doc, stored, FIELDS[doc.doctype])):
		typed.refuse(
			doc, names, _("the app fills this itself. Reload the document and leave the field as it is.")
		)
