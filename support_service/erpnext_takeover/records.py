"""Reads and conversions that several kinds share, each for a whole chunk of records at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, strip_html, validate_email_address, validate_phone_number

from support_service.foundation import language
from support_service.support_service.intake_defaults import latest_moment

UNIT = "Installed Unit"


def existing(doctype: str, names: Iterable[str | None]) -> set[str]:
	"""Which of `names` exist in `doctype`: an old record may link to something that was deleted."""
	wanted = sorted({name for name in names if name})
	if not wanted:
		return set()
	return set(frappe.get_all(doctype, filters={"name": ("in", wanted)}, pluck="name", order_by=None))


def units_of_serials(serials: Iterable[str | None]) -> dict[str, Any]:
	"""Serial No → its Installed Unit (name, customer, item_code, serial_label)."""
	wanted = sorted({serial for serial in serials if serial})
	if not wanted:
		return {}
	fields = ["name", "serial_no", "customer", "item_code", "serial_label"]
	found = frappe.get_all(UNIT, filters={"serial_no": ("in", wanted)}, fields=fields, order_by=None)
	return {row.serial_no: row for row in found}


def unit_values(serial: str | None, customer: str | None, units: dict[str, Any]) -> dict[str, Any]:
	"""Fields of a case that say which unit it is about. The unit is linked only if it belongs to `customer`."""
	unit = units.get(serial or "")
	if unit and unit.customer == customer:
		return {
			"installed_unit": unit.name,
			"item_code": unit.item_code,
			"serial_label": unit.serial_label or serial,
		}
	return {"serial_label": serial or None}


def moment(day: date | str | None, hour: Any = None) -> datetime | None:
	"""One datetime from a date column and a time column, which holds a timedelta or text. None without a date."""
	if not day:
		return None
	clock = hour if isinstance(hour, timedelta) else timedelta()
	if isinstance(hour, str) and hour:
		parsed = get_datetime(f"{getdate(day)} {hour}")
		return parsed.replace(microsecond=0)
	return datetime.combine(getdate(day), time()) + timedelta(seconds=int(clock.total_seconds()))


def raised_at(record: Any, day: date | str | None, hour: Any = None) -> datetime:
	"""When a record was raised: the moment it gives itself, or its creation where that moment lies in the future."""
	said = moment(day, hour)
	return said if said and said <= latest_moment() else get_datetime(record.creation)


def mail_of(text: str | None) -> str | None:
	"""`text` if it is a valid e-mail address, else None: old records hold anything, and a case refuses what is none."""
	return (validate_email_address(text or "") or "").split(",")[0].strip() or None


def phone_of(text: str | None) -> str | None:
	"""`text` if it is a valid phone number, else None; see mail_of."""
	return text if text and validate_phone_number(text.strip()) else None


def default_company() -> str | None:
	return frappe.db.get_single_value("Global Defaults", "default_company")


def text_of(html: str | None) -> str:
	"""The text of some HTML, on one line."""
	return " ".join(strip_html(html or "").split())


def say(text: str, *values: Any) -> str:
	"""A sentence for the report in the site's language. text: marked for translation with `N_()`."""
	return _(text, language.of_site()).format(*values)
