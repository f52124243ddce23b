"""What deleting a case does about loans: a request nobody acted on goes with it, any other keeps the case."""

from __future__ import annotations

from support_service.constants.words import N_
from support_service.service_parts.loans.lifecycle import OUT, Status
from support_service.support_service.removal import Hanging

# hook support_service_hanging_on_cases
ENTRIES = Hanging("Equipment Loan Entry", "service_request")
LOANS = Hanging(
	"Equipment Loan",
	"service_request",
	unless={"status": ("in", [status.value for status in (Status.BOOKED, *OUT, Status.RETURNED)])},
	said=N_("a device was booked or lent"),
)
