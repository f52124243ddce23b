"""Doing something outside of a document's save while the Bins concerned are locked, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from frappe.model.document import Document

from support_service.foundation import bins, transactions
from support_service.foundation.bins import LockedBin, Place

# the locked Bins, and whether what others have written must be read past the snapshot
Work = Callable[[dict[Place, LockedBin], bool], Any]


def run(
	doc: Document, places: Iterable[Place], work: Work, *, then_lock: Callable[[], Any] | None = None
) -> Any:
	"""Lock the Bins of `places`, then what `then_lock` locks, and do `work`; returns what that returns.

	In a transaction of its own where the caller has written nothing yet; there all is repeated as a whole after a deadlock,
	so `work` must read everything it writes. doc: what it is about, see `transactions.run_whole`.
	"""
	if not transactions.owns_transaction(doc):
		locked = bins.lock_in_callers_transaction(places)
		if then_lock:
			then_lock()
		return work(locked, True)
	names = bins.names_of(places)
	held: dict[Place, LockedBin] = {}

	def lock() -> None:
		held.clear()
		held.update(bins.lock(names))
		if then_lock:
			then_lock()

	return transactions.run_whole(doc, lambda: work(held, False), lock)
