"""How many statements something sends to the database."""

from collections.abc import Callable
from typing import Any

import frappe


def count_queries(call: Callable[[], Any]) -> int:
	executed = []
	original = frappe.db.__class__.sql

	def counting(self, *args, **kwargs):
		executed.append(args[0])
		return original(self, *args, **kwargs)

	frappe.db.__class__.sql = counting
	try:
		call()
	finally:
		frappe.db.__class__.sql = original
	return len(executed)
