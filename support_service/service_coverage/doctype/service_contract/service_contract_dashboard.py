from typing import Any

from frappe import _


def get_data(data: dict[str, Any] | None = None) -> dict[str, Any]:
	"""Connections of a contract."""
	return {
		"fieldname": "service_contract",
		"non_standard_fieldnames": {"Service Contract Use": "contract"},
		"transactions": [
			{"label": _("Service"), "items": ["Service Request", "Service Contract Use"]},
			{"label": _("Invoices"), "items": ["Sales Invoice"]},
		],
	}
