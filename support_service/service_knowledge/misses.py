"""What was searched and not found: a work list for whoever writes articles; the one writer of Knowledge Search Miss."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import frappe
from frappe.utils import now_datetime

from support_service.foundation import rows
from support_service.service_knowledge.search.terms import plain

MISS = "Knowledge Search Miss"
DESK, PORTAL = "Desk", "Portal"
LONGEST = 140
SHORTEST = 2
# of what was searched for, so much stands in the best answer: with less, nobody has written about it yet
ANSWERED = 0.34


def note_unless_answered(text: str, shares: Iterable[float], place: str) -> None:
	"""Note a search whose best answer has little to do with it. shares: of each answer, how much of the search is in it."""
	if max(shares, default=0.0) < ANSWERED:
		note(text, place)


def note(text: str, place: str) -> None:
	"""Somebody searched for `text` and found nothing. What was ignored stays so; what was answered is open again."""
	words = " ".join(plain(text).split())[:LONGEST]
	if len(words) < SHORTEST:
		return
	key, now = sha256(words.encode()).hexdigest()[:40], now_datetime()
	row = {
		"name": key,
		"searched": " ".join((text or "").split())[:LONGEST],
		"search_key": key,
		"times": 0,
		"first_on": now,
		"last_on": now,
		"place": place,
		"state": "Open",
	}
	rows.insert(MISS, [row], leave_present=True)
	miss = frappe.qb.DocType(MISS)
	frappe.qb.update(miss).set(miss.times, miss.times + 1).set(miss.last_on, now).where(
		miss.name == key
	).run()
	answered = (miss.name == key) & (miss.state == "Answered")
	frappe.qb.update(miss).set(miss.state, "Open").where(answered).run()
