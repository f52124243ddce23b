"""Sites from before service levels get the calendars and the policy a new installation begins with."""

from support_service.setup.service_levels import seed


def execute() -> None:
	seed()
