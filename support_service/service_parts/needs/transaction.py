"""Doing something with reservations of one case while the Bins concerned are locked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from frappe.model.document import Document

from support_service.foundation import bins, transactions
from support_service.foundation.bins import LockedBin, Place

# the locked Bins, and whether what others have reserved must be read past the snapshot
Work = Callable[[dict[Place, LockedBin], bool], Any]


def with_bins(case: Document, places: Collection[Place], work: Work) -> Any:
	"""Lock the Bins of `places` and do `work`, in a transaction of its own where the caller has written nothing yet.

	There both are repeated as a whole after a deadlock. `work` must therefore read everything it writes.
	"""
	if not transactions.owns_transaction(case):
		return work(bins.lock_in_callers_transaction(places), True)
	names = bins.names_of(places)
	locked: dict[Place, LockedBin] = {}

	def lock() -> None:
		locked.clear()
		locked.update(bins.lock(names))

	return transactions.run_whole(case, lambda: work(locked, False), lock)
