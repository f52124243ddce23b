"""What the kinds of old records that become cases share: which of their links still lead somewhere, whom to call, writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from support_service.erpnext_takeover.kinds import Plan, Target
from support_service.erpnext_takeover.records import existing, mail_of, phone_of, text_of
from support_service.support_service.past_cases import history

Known = Mapping[str, set[str]]  # DocType → the names among the records' links that exist


def known(records: Sequence[Any], **columns: str | tuple[str, ...]) -> Known:
	"""Which of the documents that `records` name in `columns` (DocType → column or columns) exist; one query per DocType."""
	return {
		doctype: existing(
			doctype,
			(record[name] for record in records for name in ((names,) if isinstance(names, str) else names)),
		)
		for doctype, names in columns.items()
	}


def if_known(name: str | None, doctype: str, known: Known) -> str | None:
	"""`name` where it exists, else None."""
	return name if name in known[doctype] else None


def contact_values(record: Any, known: Known) -> dict[str, Any]:
	"""Fields of a case that say whom to call and where the work was: of a document with ERPNext's contact and address fields."""
	return {
		"contact": if_known(record.contact_person, "Contact", known),
		"contact_name": record.contact_display,
		"contact_phone": phone_of(record.contact_mobile),
		"contact_email": mail_of(record.contact_email),
		"site_address": if_known(record.customer_address, "Address", known),
		"site_address_display": text_of(record.address_display) or None,
	}


def make(plans: Sequence[Plan]) -> Mapping[str, Target]:
	"""Write the planned cases with their past; see `kinds.Kind.make`."""
	made = history.record([plan.material for plan in plans])
	return {name: ("Service Request", case) for (_doctype, name), case in made.items()}
