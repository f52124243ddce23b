"""What units show of other records; see foundation/names/copies.py."""

from __future__ import annotations

import frappe
from frappe.contacts.doctype.address.address import get_address_display
from frappe.utils import strip_html

from support_service.foundation.names.copies import Copy, Where, everywhere

UNIT = "Installed Unit"
CURRENT = "Units are current as long as they are there."


def as_written(address: frappe._dict) -> str:
	"""An address (its fields) as our documents show it: by ERPNext's template, without the markup."""
	return strip_html(get_address_display(address) or "")


def site(doctype: str, why: str, current: Where) -> Copy:
	"""The copy of a site's address on `doctype`: it follows corrections, as somebody still has to go there."""
	return Copy(
		doctype,
		"site_address_display",
		"site_address",
		"Address",
		"as_written",
		why,
		current,
		made=as_written,
	)


COPIES = (
	*(
		Copy(
			UNIT,
			field,
			"item_code",
			"Item",
			field,
			CURRENT,
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
		CURRENT,
		everywhere,
	),
	site(UNIT, CURRENT, everywhere),
)
