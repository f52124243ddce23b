"""Names of other documents in surveys; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import How, StoredName

SURVEY = "Service Survey"

STORED = (
	StoredName(SURVEY, "survey_key", ("Service Request",), "A request keeps its number.", how=How.LASTING),
	StoredName(
		SURVEY,
		"answered_by",
		("User",),
		"Who answered, by the address used then; shown as history.",
		how=How.KEEPS,
	),
)
