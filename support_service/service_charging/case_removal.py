"""A case that is deleted takes its decisions along; one whose customer was asked to accept a charge cannot be deleted."""

from __future__ import annotations

from support_service.constants.words import N_
from support_service.service_charging.decision.store import ACCEPTED, ASKED, DECISION, DECLINED
from support_service.support_service.removal import Hanging

# hook support_service_hanging_on_cases
DECISIONS = Hanging(
	DECISION,
	"service_request",
	unless={"acceptance": ("in", (ASKED, ACCEPTED, DECLINED))},
	said=N_("the customer was asked to accept a charge"),
)
