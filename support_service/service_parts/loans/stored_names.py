"""Names of other documents in loans; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import How, StoredName

A_LOAN_KEEPS = "A loan keeps its number."

STORED = (
	StoredName("Stock Entry", "service_consumption_key", ("Equipment Loan",), A_LOAN_KEEPS, how=How.LASTING),
	StoredName("Service Message", "message_key", ("Equipment Loan",), A_LOAN_KEEPS, how=How.LASTING),
	StoredName("Equipment Loan Entry", "entry_key", ("Equipment Loan",), A_LOAN_KEEPS, how=How.LASTING),
	StoredName(
		"Equipment Loan", "proposal_key", ("Service Request",), "A request keeps its number.", how=How.LASTING
	),
)
