"""What deleting a case does about its surveys: they are deleted with it, but an answered one keeps the case."""

from __future__ import annotations

from support_service.constants.words import N_
from support_service.support_service.removal import Hanging

# hook support_service_hanging_on_cases
SURVEYS = Hanging(
	"Service Survey",
	"service_request",
	unless={"status": "Answered"},
	said=N_("the customer answered the survey"),
)
