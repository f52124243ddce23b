"""Submitting and cancelling stock documents of ERPNext for whoever may do what causes them, at this moment, in this transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from erpnext.accounts.doctype.accounting_period.accounting_period import ClosedAccountingPeriod
from erpnext.accounts.utils import FiscalYearError
from erpnext.stock.doctype.stock_ledger_entry.stock_ledger_entry import StockFreezeError
from frappe import _
from frappe.model.document import Document

from support_service.service_parts import errors

CLOSED = (ClosedAccountingPeriod, FiscalYearError, StockFreezeError)
# ERPNext's reason → the sentence for a closed or frozen period
Closed = Callable[[str], str]


def submit(doc: Document, closed: Closed) -> None:
	"""Insert and submit a new stock document; its owner is the user of the session.

	:raises PostingClosedError: today lies in a closed or frozen period.
	:raises StockEntryRefusedError: any other reason of ERPNext's.
	"""
	_allow(doc)
	doc.flags.by_after_sales_service = True
	# submitted in the insert itself, past ERPNext's queue for long entries: it is one transaction with what causes it
	doc.docstatus = 1
	with _at_this_moment(), _refusals(closed):
		doc.insert()


def cancel(doc: Document, closed: Closed) -> None:
	"""Cancel a stock document; raises as `submit`, of the day on which it was posted."""
	_allow(doc)
	with _at_this_moment(), _refusals(closed):
		doc._cancel()  # past ERPNext's queue for long entries, as above


def is_posting(doc: Document) -> bool:
	"""Whether `doc` is being posted by a flow of ours; a client cannot set flags."""
	return bool(doc.flags.by_after_sales_service)


def _allow(doc: Document) -> None:
	# the right to submit a visit, or to receive a removed part, is the right to what it does to stock: engineers need no
	# stock role
	doc.flags.ignore_permissions = True


@contextmanager
def _at_this_moment() -> Iterator[None]:
	"""Post with the time of now, which is after the Bins were locked; in a Data Import ERPNext would take an earlier one."""
	importing = frappe.flags.in_import
	frappe.flags.in_import = False
	try:
		yield
	finally:
		frappe.flags.in_import = importing


@contextmanager
def _refusals(closed: Closed) -> Iterator[None]:
	"""Raise ERPNext's refusals as errors of this room, with its reason; `closed` words the message for a closed period."""
	try:
		yield
	except frappe.TimestampMismatchError:
		raise  # another document changed meanwhile: the whole is repeated, nothing is refused
	except CLOSED as error:
		frappe.clear_last_message()
		frappe.throw(closed(_sentence(error)), exc=errors.PostingClosedError)
	except frappe.ValidationError as error:
		frappe.clear_last_message()
		frappe.throw(
			_("The parts cannot be posted: {0} Nothing was drawn or given back.").format(_sentence(error)),
			exc=errors.StockEntryRefusedError,
		)


def _sentence(error: Exception) -> str:
	text = str(error).strip()
	return text if text.endswith((".", "。", ">")) else f"{text}."
