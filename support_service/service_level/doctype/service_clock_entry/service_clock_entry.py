from support_service.foundation.ledger import LedgerRow


class ServiceClockEntry(LedgerRow):
	pass
