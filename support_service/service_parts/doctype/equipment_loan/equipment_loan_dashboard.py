from typing import Any

from support_service.constants.words import N_


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a loan."""
	return {
		"fieldname": "equipment_loan",
		"internal_links": {
			"Service Request": "service_request",
			"Installed Unit": ["pieces", "installed_unit"],
			"Sales Invoice": ["returns", "sales_invoice"],
		},
		"transactions": [
			{"label": N_("Service"), "items": ["Service Request", "Installed Unit"]},
			{"label": N_("Books"), "items": ["Stock Entry", "Sales Invoice"]},
		],
	}
