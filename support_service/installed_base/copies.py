"""What units show of other records; see foundation/copies.py."""

from __future__ import annotations

from support_service.foundation.copies import Copy, everywhere

UNIT = "Installed Unit"
AS_CHOSEN = "The address as it was written when it was chosen, as on ERPNext's own documents; choosing it again reads it anew."

COPIES = (
	*(
		Copy(
			UNIT,
			field,
			"item_code",
			"Item",
			field,
			"Units are current as long as they are there.",
			everywhere,
		)
		for field in ("item_name", "item_group", "brand")
	),
	Copy(
		UNIT,
		"customer_name",
		"customer",
		"Customer",
		"customer_name",
		"Units are current as long as they are there.",
		everywhere,
	),
	Copy(UNIT, "site_address_display", "site_address", "Address", "address_line1", AS_CHOSEN),
)
