"""What the workers of the van races do: finish a count, post it, confirm a hand-over, request parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe

from support_service.service_parts.vans import api
from tests.faults.workers import Outcome


def act(user: str, work: str, ready: Callable[[], Any]) -> Outcome:
	"""`work` is what to do and with what, as in `finish|VC-2026-00001`."""
	what, name = work.split("|")
	error, message = "", ""
	frappe.set_user(user)
	prepared = frappe.get_doc("Stock Reconciliation", name) if what == "post" else None
	ready()
	try:
		if prepared:
			prepared.submit()
		elif what == "finish":
			api.finish_count(name)
		elif what == "request":
			van, item = name.split("~")
			message = ",".join(api.request_for_vans([{"warehouse": van, "item_code": item}])["requests"])
		else:
			api.confirm_handover(name, what)
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(name, error, message)
