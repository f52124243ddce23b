"""Calls and call-backs stay when the request they were about is deleted; hook `support_service_hanging_on_cases`."""

from __future__ import annotations

import frappe

from support_service.service_intake.calls.call_backs import BACK, CALL
from support_service.support_service.removal import Hanging

FIELD = "service_request"


def let_calls_go(case: str) -> None:
	frappe.db.set_value(CALL, {FIELD: case}, FIELD, None, update_modified=False)


def let_call_backs_go(case: str) -> None:
	frappe.db.set_value(BACK, {FIELD: case}, FIELD, None, update_modified=False)


CALLS = Hanging(CALL, FIELD, let_go=let_calls_go)
CALL_BACKS = Hanging(BACK, FIELD, let_go=let_call_backs_go)
