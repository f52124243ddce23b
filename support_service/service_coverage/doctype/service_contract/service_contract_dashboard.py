from typing import Any

from support_service.constants.words import N_


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a contract."""
	return {
		"fieldname": "service_contract",
		"non_standard_fieldnames": {"Service Contract Use": "contract"},
		"transactions": [
			{"label": N_("Service"), "items": ["Service Request", "Service Contract Use"]},
			{"label": N_("Invoices"), "items": ["Sales Invoice"]},
		],
	}
