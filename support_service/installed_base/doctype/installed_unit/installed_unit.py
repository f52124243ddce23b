import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display
from frappe.model.document import Document
from frappe.utils import getdate, strip_html

from support_service.foundation import typed
from support_service.foundation.names.keys import key_of
from support_service.installed_base import form_changes, unit_events

RECORDS = {"serial_no": "Serial No", "asset": "Asset"}
# filled by the app; warranty_until comes from the warranties, so imports bring Service Warranties instead
FILLED = ("warranty_until", "source_key", "site_address_display", "label_token")
OF_RECORDS = ("Serial No|", "Asset|")


class UnitNestingError(frappe.ValidationError):
	"""A unit would be part of itself."""


class UnitRecordMismatchError(frappe.ValidationError):
	"""The linked ERPNext records contradict each other."""


class UnitAlreadyThereError(frappe.ValidationError):
	"""Another unit stands for the same Serial No or Asset."""


class UnitHasHistoryError(frappe.LinkExistsError):
	"""A unit with ledger rows can be neither deleted nor renamed."""


class InstalledUnit(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.installed_base.doctype.installed_software.installed_software import (
			InstalledSoftware,
		)

		accepted_on: DF.Date | None
		asset: DF.Link | None
		brand: DF.Link | None
		company: DF.Link | None
		contact: DF.Link | None
		criticality: DF.Literal["", "Critical", "High", "Medium", "Low"]
		customer: DF.Link
		customer_name: DF.Data | None
		delivered_on: DF.Date | None
		delivery_note: DF.Link | None
		installed_on: DF.Date | None
		item_code: DF.Link | None
		item_group: DF.Link | None
		item_name: DF.Data | None
		label_token: DF.Data | None
		latitude: DF.Float
		longitude: DF.Float
		naming_series: DF.Literal["IU-.######"]
		notes: DF.SmallText | None
		parent_unit: DF.Link | None
		serial_label: DF.Data | None
		serial_no: DF.Link | None
		site_address: DF.Link | None
		site_address_display: DF.SmallText | None
		software: DF.Table[InstalledSoftware]
		source_doctype: DF.Link | None
		source_key: DF.Data | None
		source_name: DF.DynamicLink | None
		state: DF.Literal["In Service", "Down", "In Repair", "Stored", "Standby", "Returned", "Retired"]
		unit_kind: DF.Literal["Site", "System", "Rack", "Device", "Board", "Software"]
		unit_name: DF.Data
		warranty_until: DF.Date | None

	# end: auto-generated types
	def validate(self):
		with typed.must_result(self, FILLED):
			self.leave_site_of_former_customer()
			self.keep_warranty()
			self.keep_label()
			self.take_over_serial_no()
			self.take_over_asset()
			self.set_source_key()
			self.check_nesting()
			self.check_dates()
			self.check_position()
			self.set_site_display()

	def after_insert(self):
		form_changes.append_new(self)

	def on_update(self):
		before = self.get_doc_before_save()
		if before:
			form_changes.append_changes(self, before)

	def before_rename(self, old: str, new: str, merge: bool = False):
		self.check_no_history(_("Unit {0} has a history and keeps its number."))

	def on_trash(self):
		self.check_no_history(_("Unit {0} has a history and cannot be deleted. Set its state to Retired."))
		# a unit entered by mistake: it has no events but those of its form
		frappe.db.delete(unit_events.DOCTYPE, {"installed_unit": self.name})

	def check_no_history(self, message: str):
		by_document = frappe.db.exists(
			unit_events.DOCTYPE, {"installed_unit": self.name, "reference_name": ("is", "set")}
		)
		if by_document or frappe.db.exists("Fitted Part Entry", {"installed_unit": self.name}):
			frappe.throw(message.format(self.unit_name), UnitHasHistoryError)

	def leave_site_of_former_customer(self):
		"""Clear contact and site where the customer changed and they did not; `placements` does so for deliveries."""
		stored = self.get_doc_before_save()
		if not stored or stored.customer == self.customer:
			return
		if self.contact == stored.contact:
			self.contact = None
		if self.site_address == stored.site_address:
			self.update({"site_address": None, "latitude": 0, "longitude": 0})

	def keep_warranty(self):
		"""Keep the stored last day of the warranty: it comes from the ledger of warranties, and an open form may be older."""
		stored = self.get_doc_before_save()
		self.warranty_until = stored.warranty_until if stored else None

	def keep_label(self):
		"""Keep the token of the label: labels.py alone writes it, and an open form may be older."""
		stored = self.get_doc_before_save()
		self.label_token = stored.label_token if stored else None

	def take_over_serial_no(self):
		if not self.serial_no:
			return
		item = frappe.db.get_value("Serial No", self.serial_no, "item_code")
		self.item_code = self.item_code or item
		if self.item_code != item:
			frappe.throw(
				_("Serial No {0} is of item {1}, not {2}. Correct one of them.").format(
					self.serial_no, item, self.item_code
				),
				UnitRecordMismatchError,
			)
		self.serial_label = self.serial_label or self.serial_no

	def take_over_asset(self):
		if not self.asset:
			return
		item = frappe.db.get_value("Asset", self.asset, "item_code")
		self.item_code = self.item_code or item
		if self.item_code != item:
			frappe.throw(
				_("Asset {0} is of item {1}, not {2}. Correct one of them.").format(
					self.asset, item, self.item_code
				),
				UnitRecordMismatchError,
			)

	def set_source_key(self):
		"""Fill the key by which a delivery finds this unit (see `placements`).

		:raises UnitAlreadyThereError: another unit stands for the same Serial No or Asset.
		"""
		known_by = next((field for field in ("serial_no", "asset") if self.get(field)), None)
		if not known_by:
			if (self.source_key or "").startswith(OF_RECORDS):
				self.source_key = None
			return
		if self.source_key and not self.source_key.startswith(OF_RECORDS):
			return  # the key of a piece of a delivery stays
		self.source_key = key_of(RECORDS[known_by], self.get(known_by))
		other = frappe.db.get_value(
			"Installed Unit", {"source_key": self.source_key, "name": ("!=", self.name or "")}
		)
		if other:
			frappe.throw(
				_("{0} {1} is unit {2} already. Open that unit instead.").format(
					_(RECORDS[known_by]), self.get(known_by), other
				),
				UnitAlreadyThereError,
			)

	def check_nesting(self):
		seen, parent = {self.name}, self.parent_unit
		while parent:
			if parent in seen:
				frappe.throw(_("Unit {0} cannot be part of itself.").format(self.unit_name), UnitNestingError)
			seen.add(parent)
			parent = frappe.db.get_value("Installed Unit", parent, "parent_unit")

	def check_dates(self):
		if self.delivered_on and self.accepted_on and getdate(self.accepted_on) < getdate(self.delivered_on):
			frappe.throw(
				_("The unit cannot be accepted before it was delivered. Correct the dates."),
				UnitRecordMismatchError,
			)

	def check_position(self):
		if abs(self.latitude or 0) > 90 or abs(self.longitude or 0) > 180:
			frappe.throw(
				_("Latitude runs from -90 to 90 and longitude from -180 to 180. Correct the position."),
				UnitRecordMismatchError,
			)

	def set_site_display(self):
		if not self.site_address:
			self.site_address_display = None
		elif self.has_value_changed("site_address"):
			self.site_address_display = strip_html(get_address_display(self.site_address) or "")
		else:
			# a form that was opened before the address was corrected still shows the old one
			self.site_address_display = self.get_doc_before_save().site_address_display


def on_doctype_update():
	"""Add the indexes that the hotline (units of a customer) and a cancelled delivery (its units) read by."""
	frappe.db.add_index("Installed Unit", ["customer", "state"])
	frappe.db.add_index("Installed Unit", ["source_name", "source_doctype"])
	# the search bar, see erpnext_desk/search.py
	frappe.db.add_index("Installed Unit", ["unit_name", "serial_label", "customer_name"], "service_search")
