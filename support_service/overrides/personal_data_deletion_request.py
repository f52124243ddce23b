"""Frappe's Personal Data Deletion Request, with an event when it is carried out: Frappe has none, and a client may save the
document in any state.

Relies on Frappe's `PersonalDataDeletionRequest.trigger_data_deletion`, `.anonymize_data`, `._anonymize_data`;
tests/site/test_personal_data.py fails when they change.
"""

from __future__ import annotations

from typing import Any

from frappe.website.doctype.personal_data_deletion_request.personal_data_deletion_request import (
	PersonalDataDeletionRequest,
)

EVENT = "before_erasure"


class ServiceDeletionRequest(PersonalDataDeletionRequest):
	def _anonymize_data(self, *args: Any, **kwargs: Any) -> None:
		"""Frappe's job, after the event, so that its handlers (hooks.py) run before Frappe's own steps."""
		self.run_method(EVENT)
		super()._anonymize_data(*args, **kwargs)
