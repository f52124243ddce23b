"""Every minute: chats whose time has come. One that nobody took becomes a message, a silent one ends, one whose agent has gone
waits again. The rows say what is due, so a sweep that was missed or killed is made up for by the next."""

from __future__ import annotations

import frappe

from support_service.foundation import batches, instants
from support_service.service_intake.chat import rules, talk

MOST = 500


def run(limit: int = MOST) -> int:
	"""Returns how many were looked at."""
	due = frappe.get_all(
		talk.CHAT,
		{"state": ("in", rules.OPEN), "due_utc": ("<=", instants.utc_column(instants.now()))},
		pluck="name",
		order_by="due_utc asc",
		limit=limit,
	)
	return batches.one_by_one(due, lock=_lock, work=talk.move_on)


def _lock(name: str) -> bool:
	return batches.lock_name(talk.CHAT, name)
