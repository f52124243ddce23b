"""Notifies of warranties that end soon: the people who sell an extension and, if switched on, the customer.

One notice for each last day (`told_until` keeps the last one notified): an extended warranty gets another before its new
last day. Runs every night, and makes up for a missed one. Notices and marks of a chunk are committed together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, cint, format_date, get_url, get_url_to_report, getdate

from support_service.constants.roles import LEAD, MANAGER
from support_service.foundation import desk, language, locks, people
from support_service.foundation.transactions import TRANSIENT
from support_service.renamed import names_of_last_release
from support_service.service_coverage.warranty.rules import Status
from support_service.service_coverage.warranty.store import WARRANTY

SETTINGS = "Support Service Settings"
TEMPLATE = "support_service/templates/emails/expiring_warranties.html"
REPORT = "Expiring Warranties"
MAIL = "expiry_mail"
CHUNK = 500
LISTED = 50  # in a mail to staff; the report has all
FIELDS = ("name", "installed_unit", "unit_name", "serial_label", "customer", "customer_name", "ends_on")


def notify_of_expiring() -> int:
	"""Notify of every unit's warranty that ends within the days in the settings; returns how many were new."""
	days = cint(frappe.db.get_single_value(SETTINGS, "expiry_notice_days"))
	if days <= 0:
		return 0
	frappe.db.commit()  # ends the snapshot: what is due is read as it is committed now
	notified, to_customers = 0, cint(frappe.db.get_single_value(SETTINGS, "tell_customer_of_expiry"))
	while due := _lock_due(getdate(), add_days(getdate(), days)):
		if not notified:
			_notify_staff(due, days)
		if to_customers:
			_notify_customers(due)
		_mark(due)
		frappe.db.commit()  # a batch job: notices and marks of this chunk are kept together
		notified += len(due)
	return notified


def _lock_due(first: date, last: date) -> list[Any]:
	"""Lock and return the next chunk nobody was notified of, without rows that another worker has locked."""
	table = frappe.qb.DocType(WARRANTY)
	return locks.rows(
		frappe.qb.from_(table)
		.select(*(table[field] for field in FIELDS))
		.where(table.status.isin([Status.ACTIVE, Status.PENDING]) & table.ends_on[first:last])
		.where(table.fitted_part.isnull())
		.where(table.told_until.isnull() | (table.told_until != table.ends_on))
		.orderby(table.ends_on)
		.limit(CHUNK),
		skip_locked=True,
	)


def _mark(due: Sequence[Any]) -> None:
	table = frappe.qb.DocType(WARRANTY)
	names = [row.name for row in due]
	frappe.qb.update(table).set(table.told_until, table.ends_on).where(table.name.isin(names)).run()


def _notify_staff(due: Sequence[Any], days: int) -> None:
	"""One notification and one mail each for managers and leads; what the first chunk does not list is in the report."""

	def line(lang: str) -> str:
		return _("Warranties end within {0} days", lang).format(days)

	for user in people.notify(people.holders(MANAGER, LEAD), line, link=desk.path(f"query-report/{REPORT}")):
		lang = language.of_user(user)
		_mail(user, line(lang), due[:LISTED], lang, get_url_to_report(REPORT))


def _notify_customers(due: Sequence[Any]) -> None:
	"""One mail for each customer with an address."""
	of_customer: dict[str, list[Any]] = defaultdict(list)
	for row in due:
		of_customer[row.customer].append(row)
	for customer, (email, lang) in _addresses(list(of_customer)).items():
		subject = _("The warranty of your devices ends soon", lang)
		frappe.db.savepoint(MAIL)
		try:
			_mail(email, subject, of_customer[customer], lang, get_url("/service/units"))
		except TRANSIENT:
			raise
		except Exception:
			# one bad address must not hold back everybody else's notices
			frappe.db.rollback(save_point=MAIL)
			frappe.log_error(
				title="A customer could not be notified that warranties end",
				reference_doctype="Customer",
				reference_name=customer,
			)


def _mail(recipient: str, subject: str, rows: Sequence[Any], lang: str, url: str) -> None:
	if not _can_send():
		return
	lines = [
		{
			"unit": row.unit_name,
			"serial": row.serial_label,
			"customer": row.customer_name or row.customer,
			"ends_on": format_date(row.ends_on),
		}
		for row in rows
	]
	frappe.sendmail(
		recipients=[recipient],
		subject=subject,
		message=frappe.render_template(
			TEMPLATE, {"rows": lines, "language": lang, "url": url, "line": subject}
		),
		reference_doctype=WARRANTY,
		reference_name=rows[0].name,
		delayed=True,
	)


def _can_send() -> bool:
	"""Whether the site has an outgoing mail account; without one people are notified on the desk only."""
	return bool(
		frappe.get_all("Email Account", filters={"enable_outgoing": 1, "default_outgoing": 1}, limit=1)
	)


def _addresses(customers: Sequence[str]) -> dict[str, tuple[str, str]]:
	"""Customer → address of its primary contact and the language it reads; customers without one are left out."""
	rows = frappe.get_all(
		"Customer",
		filters={"name": ("in", list(customers)), "email_id": ("is", "set")},
		fields=["name", "email_id", "language"],
		order_by="name",
	)
	return {row.name: (row.email_id, row.language or language.of_site()) for row in rows}


__getattr__ = names_of_last_release(__name__)
