"""Open cases of merged customers: promised and covered by what the customer that stays has agreed.

As when somebody changes the customer of a case by hand. Frappe has renamed their links; what follows from them is decided
here. Every case is noted first, in the transaction of the merge: a few are worked off at once, the others, and what
fails, by the next run. Contracts of both count for the cases of both, so cases of the customer that stays are looked at
where the one that vanished had a contract.
"""

from __future__ import annotations

from functools import partial

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import batches, language, locks
from support_service.foundation.postponed import Backlog
from support_service.service_coverage.contract.contracts import CONTRACT
from support_service.support_service import agreements, promises
from support_service.support_service.copies import NOT_OVER

CASE = "Service Request"
TO_JUDGE = Backlog(N_("Let a request follow its merged customer"), CASE)
# event of a case for which something else has been agreed
AGREED_ANEW = "agreed_anew"
AT_ONCE = 20  # cases, while somebody waits for the merge


def before_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Listens to Customer (hooks.py): note the open cases for which something else may have been agreed."""
	if not merge:
		return
	reason = _("Customer {0} was merged into {1}", language.of_site()).format(old, new)
	customers = [old, new] if frappe.db.exists(CONTRACT, {"customer": old, "docstatus": 1}) else [old]
	cases = frappe.get_all(
		CASE,
		filters={"customer": ("in", customers), "status": ("in", NOT_OVER)},
		pluck="name",
		order_by="raised_on desc",
	)
	if cases:
		TO_JUDGE.add(cases, reason)


def after_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Listens to Customer: the links of its cases are renamed."""
	if not merge or not (cases := TO_JUDGE.due()):
		return
	mine = set(frappe.get_all(CASE, {"name": ("in", cases), "customer": new}, pluck="name", order_by=None))
	for case in [case for case in cases if case in mine][:AT_ONCE]:
		batches.beside(judge, case, TO_JUDGE)  # the merge is never refused because of a case
	batches.enqueue(agreements.RUN, agreements.FLAG)


def run() -> int:
	"""With every run of `agreements`: judge the cases that wait; returns how many. Safe in parallel, safe to kill. Commits."""
	if not (due := TO_JUDGE.due()):
		return 0
	return batches.one_by_one(due, lock=partial(batches.lock_name, CASE), work=judge, failed=TO_JUDGE.note)


def judge(case: str) -> None:
	"""Promise and cover one case by what holds for its customer now; in the caller's transaction, which has locked it."""
	doc = locks.get_doc(CASE, case)
	if doc.status in NOT_OVER:
		promises.agree_again(case, TO_JUDGE.reason(case) or "")
		doc.run_method(AGREED_ANEW)  # who pays is judged above this room (hooks.py)
	TO_JUDGE.forget([case])
