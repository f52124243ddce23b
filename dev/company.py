"""Finish ERPNext's setup wizard for the company that demo and tests use. Run in the bench's sites folder: SITE."""

import os
import sys
from datetime import date

import frappe
from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

COMPANY = "Acme Service"


def answers(year: int) -> dict[str, object]:
	"""What a person would enter in the wizard: a Chinese company that keeps its books in CNY."""
	return {
		"language": "English",
		"country": "China",
		"timezone": "Asia/Shanghai",
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
		outcome = setup_complete(answers(date.today().year))
		if outcome.get("status") != "ok" or not frappe.db.exists("Company", COMPANY):
			sys.exit(f"setup wizard: {outcome}")
		frappe.db.commit()
	finally:
		frappe.destroy()


main(sys.argv[1])
