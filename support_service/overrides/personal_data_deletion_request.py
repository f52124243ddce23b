"""Frappe's Personal Data Deletion Request tells when it is carried out: no event of its own does, and what a client sends with
the document must not count as that.

Follows Frappe's `PersonalDataDeletionRequest.trigger_data_deletion`, `.anonymize_data`, `._anonymize_data`;
tests/site/test_personal_data.py pins them.
"""

from __future__ import annotations

from typing import Any

from frappe.website.doctype.personal_data_deletion_request.personal_data_deletion_request import (
	PersonalDataDeletionRequest,
)

EVENT = "before_erasure"


class ServiceDeletionRequest(PersonalDataDeletionRequest):
	def _anonymize_data(self, *args: Any, **kwargs: Any) -> None:
		"""Frappe's job. Who listens to the event (hooks.py) comes before Frappe's own steps."""
		self.run_method(EVENT)
		super()._anonymize_data(*args, **kwargs)
