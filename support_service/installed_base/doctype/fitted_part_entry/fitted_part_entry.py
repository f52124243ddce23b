from support_service.foundation.ledger import LedgerRow


class FittedPartEntry(LedgerRow):
	"""A part that went into or came out of a unit. Written by `installed_base.fitted_parts` only."""
