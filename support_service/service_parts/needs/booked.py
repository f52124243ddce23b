"""ERPNext's own documents and pieces that are booked for days to come: a warning, or by the same setting as for reserved parts a refusal.

Looked at after posting, as ERPNext picks serial numbers while it posts.
"""

from __future__ import annotations

from collections.abc import Iterator

from frappe import _
from frappe.model.document import Document

from support_service.installed_base.deliveries import moved_goods
from support_service.service_parts import booked_pieces, posted_now
from support_service.service_parts.booked_pieces import Take
from support_service.service_parts.needs import errors, outgoing


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Entry, Delivery Note, Sales Invoice and purchase returns.

	:raises BookedPieceError: the setting says that what is kept for somebody is not given out.
	"""
	if posted_now.is_posting(doc):
		return  # visits have looked before they drew, loans move what they have booked themselves
	texts = [booked.text for booked in booked_pieces.found(list(_takes(doc)))]
	if texts:
		advice = _("Take other pieces, or have the booking released on the loan.")
		outgoing.refuse_or_warn(texts, advice, _("Booked Pieces"), errors.BookedPieceError)


def _takes(doc: Document) -> Iterator[Take]:
	places = outgoing.out_of_stock(doc)
	if not places:
		return
	rows = {row.name: row for row in (*doc.items, *(doc.get("packed_items") or ()))}
	for (name, item), serials in moved_goods.by_line(doc.doctype, doc.name, outward=True).items():
		if row := rows.get(name):
			yield Take(row.idx, item, row.get("s_warehouse") or row.get("warehouse"), serials=serials)
	for item, warehouse in places:
		yield Take(0, item, warehouse)
