from support_service.foundation.ledger import LedgerRow


class ServiceCalendarVersion(LedgerRow):
	pass
