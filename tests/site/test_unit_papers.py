"""A unit on paper: its maintenance file, its label, and who may see which of it."""

import re
from io import BytesIO

import frappe
import pytest
from pypdf import PdfReader

from support_service.installed_base import labels, print_data
from tests.factories import (
	make_customer_user,
	make_installed_unit,
	make_service_request,
	make_unit_reading,
	make_user,
)


class TestPaper:
	@pytest.fixture
	def unit(self, clean_transaction):
		unit = make_installed_unit(
			unit_name="Ward server A",
			software=[{"software": "WardOS", "version": "7.4.2", "licence_key": "SECRET-KEY"}],
		)
		make_unit_reading(installed_unit=unit.name, value=4711)
		for subject in ("Fan fails", "Does not boot", "Fan fails again"):
			make_service_request(customer=unit.customer, installed_unit=unit.name, subject=subject)
		return unit

	def test_the_maintenance_file_has_everything_but_the_licence_key(self, unit) -> None:
		html = frappe.get_print("Installed Unit", unit.name, "Unit Maintenance File")
		for expected in (
			"Ward server A",
			"WardOS",
			"7.4.2",
			"4711",
			"Fan fails again",
			"3 faults within a year",
		):
			assert expected in html
		assert "SECRET-KEY" not in html

	def test_a_customer_prints_their_own_without_advice_and_internals(self, unit) -> None:
		user = make_customer_user(unit.customer).name
		frappe.set_user(user)
		file = print_data.unit_maintenance_file(unit.name)
		assert (file["advice"], file["installed_unit_event"], file["meters"]) == ([], [], [])
		other = make_installed_unit_as_admin(user)
		with pytest.raises(frappe.PermissionError):
			print_data.unit_maintenance_file(other)

	def test_the_label_carries_the_address_of_the_unit(self, unit) -> None:
		html = frappe.get_print("Installed Unit", unit.name, "Unit Label")
		assert "data:image/png;base64," in html
		assert re.search(rf"/u/[a-z2-9]{{{labels.LENGTH}}}$", labels.url_of(unit.name))
		assert labels.qr_code(unit.name) in html

	def test_a_label_is_a_page_of_its_size(self, unit, monkeypatch, http_server) -> None:
		# wkhtmltopdf fetches Frappe's print style from the site's address
		monkeypatch.setitem(frappe.local.conf, "host_name", http_server.base_url)
		pdf = frappe.get_print("Installed Unit", unit.name, "Unit Label", as_pdf=True)
		[page] = PdfReader(BytesIO(pdf)).pages
		size = [round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height)]
		assert size == [70, 40]


def make_installed_unit_as_admin(user: str) -> str:
	frappe.set_user("Administrator")
	name = make_installed_unit().name
	frappe.set_user(user)
	return name


def test_a_licence_key_is_for_leads_and_managers() -> None:
	unit = make_installed_unit(software=[{"software": "WardOS", "licence_key": "SECRET-KEY"}])
	for role, seen in (
		("Service Engineer", None),
		("Service Desk Agent", None),
		("After-Sales Lead", "SECRET-KEY"),
		("Service Manager", "SECRET-KEY"),
	):
		frappe.set_user(make_user(role).name)
		doc = frappe.get_doc("Installed Unit", unit.name)
		doc.apply_fieldlevel_read_permissions()
		assert doc.software[0].get("licence_key") == seen, role
		frappe.set_user("Administrator")
