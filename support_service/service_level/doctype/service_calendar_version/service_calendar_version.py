"""A calendar as it was when promises were computed with it; named by its content. Written by calendars.publish."""

from support_service.foundation.ledger import LedgerRow


class ServiceCalendarVersion(LedgerRow):
	pass
