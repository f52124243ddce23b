"""Finish ERPNext's setup wizard for the company that demo and tests use. Run in the bench's sites folder: SITE."""

import os
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import frappe
from frappe.desk.page.setup_wizard.setup_wizard import setup_complete
from frappe.utils.password import get_encryption_key

COMPANY = "Acme Service"
ZONE = "Asia/Shanghai"


def answers(year: int) -> dict[str, object]:
	"""What a person would enter in the wizard: a Chinese company that keeps its books in CNY."""
	return {
		"language": "English",
		"country": "China",
		"timezone": ZONE,
		"currency": "CNY",
		"full_name": "Service Admin",
		"email": "admin@acme-service.example.com",
		"password": os.urandom(12).hex(),
		"company_name": COMPANY,
		"company_abbr": "AS",
		"company_tagline": "After-sales service",
		"chart_of_accounts": "Standard",
		"fy_start_date": f"{year}-01-01",
		"fy_end_date": f"{year}-12-31",
		"enable_telemetry": 0,
		"setup_demo": 0,
	}


def neighbouring_years(year: int) -> None:
	"""Papers of last month and next month are booked in January and December too."""
	for near in (year - 1, year + 1):
		if not frappe.db.exists("Fiscal Year", str(near)):
			dates = {"year_start_date": f"{near}-01-01", "year_end_date": f"{near}-12-31"}
			frappe.get_doc({"doctype": "Fiscal Year", "year": str(near), **dates}).insert()


def name_for_cents() -> None:
	"""Version 16 cannot write 1.50 in words where the currency has no name for its smaller unit, as CNY comes (frappe#37394)."""
	if not frappe.db.get_value("Currency", "CNY", "fraction"):
		frappe.db.set_value("Currency", "CNY", "fraction", "Fen")


def main(site: str) -> None:
	frappe.init(site, sites_path=os.getcwd())
	frappe.connect()
	frappe.set_user("Administrator")
	try:
		if "erpnext" not in frappe.get_installed_apps():
			sys.exit("ERPNext is not installed on this site; its installation may have been interrupted")
		if frappe.is_setup_complete():
			return
		if frappe.db.exists("Company", COMPANY):
			sys.exit("the setup wizard was interrupted half-way, and cannot be run twice")
		frappe.flags.in_setup_wizard = True
		year = datetime.now(ZoneInfo(ZONE)).year  # the company's, not the machine's
		outcome = setup_complete(answers(year))
		if outcome.get("status") != "ok" or not frappe.db.exists("Company", COMPANY):
			sys.exit(f"setup wizard: {outcome}")
		neighbouring_years(year)
		name_for_cents()
		get_encryption_key()  # made now: servers that are started later keep the configuration that they read
		frappe.db.commit()
	finally:
		frappe.destroy()


main(sys.argv[1])
