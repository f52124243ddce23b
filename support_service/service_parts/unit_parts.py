"""What a visit does to the parts inside its unit: two of the visit's steps (`support_service_visit_steps` in hooks.py)."""

from collections.abc import Iterator
from typing import Any

from frappe.model.document import Document
from frappe.utils import flt, get_datetime, now_datetime

from support_service.foundation.posting import Posting
from support_service.installed_base import fitted_parts
from support_service.installed_base.deliveries import moved_goods
from support_service.installed_base.fitted_parts import PartMovement
from support_service.renamed import names_of_last_release
from support_service.service_parts import visit_stock

__getattr__ = names_of_last_release(__name__)


def append(visit: Document, posting: Posting) -> None:
	"""A step of submitting: append the parts removed from and fitted into the unit; consumables and labour are left out."""
	if not visit.installed_unit:
		return
	drawn = {row.idx for row in visit_stock.stock_rows(visit, posting)}
	numbered = any(row.is_fitted() and row.fitted_serials() for row in visit.parts)
	batches = _batches(posting.stock_entry) if numbered else {}
	movements = [movement for row in visit.parts for movement in _movements(row, row.idx in drawn, batches)]
	fitted_parts.append(
		visit.installed_unit,
		movements,
		voucher_type=visit.doctype,
		voucher_no=visit.name,
		happened_at=_when(visit),
	)


def reverse(visit: Document, posting: Posting) -> None:
	"""A step of cancelling: append the reversal of every row that this visit appended."""
	fitted_parts.reverse_voucher(visit.doctype, visit.name)


def _batches(entry: str | None) -> dict[str, str | None]:
	"""Serial number → the batch that ERPNext drew it from, as the engineer need not enter it."""
	drawn = moved_goods.serials("Stock Entry", [entry], outward=True)[entry] if entry else []
	return {moved.serial_no: moved.batch_no for moved in drawn}


def _movements(row: Any, drawn: bool, batches: dict[str, str | None]) -> Iterator[PartMovement]:
	"""The movements of one row; an item that is not kept in stock counts as a part only with a serial number."""
	for piece in row.removed_pieces():
		yield PartMovement("Removed", piece.item_code, piece.qty, row.name, piece.serial_no)
	if not row.is_fitted():
		return
	serials = row.fitted_serials()
	for serial in serials:
		batch = batches.get(serial) or row.batch_no
		yield PartMovement("Fitted", row.item_code, 1, row.name, serial, batch)
	if drawn and not serials:
		yield PartMovement("Fitted", row.item_code, flt(row.qty), row.name, None, row.batch_no)


def _when(visit: Document) -> Any:
	"""When the parts moved: when the engineer left, but not later than now. A unit's ledger is in the order of the work."""
	now = now_datetime()
	return min(get_datetime(visit.left_at), now) if visit.left_at else now
