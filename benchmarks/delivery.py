"""Submitting a Delivery Note of 20 serial numbers with the app against without it.

Both are submitted from a saved draft, with their commit, in turns in the same process on the same site. "Without" is
the same bench with every hook of the app taken out of Frappe's tables of hooks for the time of the submit: no document
event, no permission condition, no listener. The app's columns on ERPNext's tables stay; they are a few empty fields.
With the app each note makes 20 Installed Units with their warranties.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import frappe

from benchmarks.harness import Result, pairs
from tests.factories import company, make_customer, make_item, make_stock_receipt, make_warehouse, unique

SERIALS = 20
OURS = "support_service."


def run() -> Result:
	customer, warehouse = make_customer().name, make_warehouse().name
	item = make_item(has_serial_no=1).name
	frappe.db.commit()  # what is measured starts from stored data

	def draft() -> Any:
		numbers = "\n".join(unique("SN") for _number in range(SERIALS))
		make_stock_receipt(item, warehouse, SERIALS, serial_no=numbers)
		note = frappe.get_doc(
			{
				"doctype": "Delivery Note",
				"company": company(),
				"customer": customer,
				"items": [
					{
						"item_code": item,
						"qty": SERIALS,
						"rate": 500,
						"warehouse": warehouse,
						"use_serial_batch_fields": 1,
						"serial_no": numbers,
					}
				],
			}
		).insert()
		frappe.db.commit()  # a draft saved earlier
		return note

	def submit(note: Any) -> None:
		note.submit()
		frappe.db.commit()  # as the request would

	notes = []

	def with_app() -> Callable[[], Any]:
		note = draft()
		notes.append(note)
		return lambda: submit(note)

	def without_app() -> Callable[[], Any]:
		note = draft()
		taken_out.enter_context(hooks_taken_out())
		return lambda: submit(note)

	taken_out = ExitStack()
	before = frappe.db.count("Installed Unit")
	result = pairs("delivery", with_app, without_app, n=20, warmup=3, after=taken_out.close, statements_per=1)
	made = frappe.db.count("Installed Unit") - before
	assert made == SERIALS * len(notes), (
		f"{made} units: the notes with the app did not make theirs, or those without did"
	)
	return result


@contextmanager
def hooks_taken_out() -> Iterator[None]:
	"""Frappe as if the app had never been installed: none of its hooks is found."""
	found = frappe.get_hooks

	def get_hooks(*args: Any, **kwargs: Any) -> Any:
		return _without_ours(found(*args, **kwargs))

	frappe.get_hooks = get_hooks
	frappe.local.doc_events_hooks = {}  # read anew
	try:
		yield
	finally:
		frappe.get_hooks = found
		frappe.local.doc_events_hooks = {}


def _without_ours(value: Any) -> Any:
	if isinstance(value, dict):
		return frappe._dict({key: _without_ours(inner) for key, inner in value.items()})
	if isinstance(value, list):
		return [_without_ours(inner) for inner in value if not _is_ours(inner)]
	return value


def _is_ours(value: Any) -> bool:
	return isinstance(value, str) and value.startswith(OURS)
