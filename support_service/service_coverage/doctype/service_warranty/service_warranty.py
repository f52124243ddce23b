import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation import from_before
from support_service.service_coverage.warranty import importing as warranty_import
from support_service.service_coverage.warranty import store as warranty_store


class WarrantyHasOneWriterError(frappe.ValidationError):
	"""Warranties are made and changed by their buttons, each change with its reason."""


class ServiceWarranty(Document):
	"""The warranty of one unit or of one fitted part. What it says follows from its ledger, Service Warranty Entry."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		awaits_start: DF.Check
		company: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		ends_on: DF.Date | None
		entries: DF.Int
		fitted_part: DF.Link | None
		imported: DF.Check
		installed_unit: DF.Link
		item_code: DF.Link | None
		labour_until: DF.Date | None
		naming_series: DF.Literal["SW-.######"]
		part_item: DF.Link | None
		part_serial: DF.Data | None
		parts_until: DF.Date | None
		policy: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		serial_label: DF.Data | None
		settled_on: DF.Date | None
		share_labour: DF.Percent
		share_parts: DF.Percent
		share_travel: DF.Percent
		source_key: DF.Data | None
		starts_on: DF.Date | None
		status: DF.Literal["Pending", "Active", "Suspended", "Expired", "Void"]
		suspension: DF.Literal["", "Returned", "By Hand"]
		told_until: DF.Date | None
		travel_until: DF.Date | None
		unit_name: DF.Data | None

	# end: auto-generated types

	def insert(self, *args, ignore_permissions=None, **kwargs):
		"""Data Import and REST may take in what was given before the app came; see warranty/importing.py."""
		if ignore_permissions is not None:
			self.flags.ignore_permissions = ignore_permissions
		if not from_before.settle_mark(self, by_file=True):
			return super().insert(*args, ignore_permissions=ignore_permissions, **kwargs)
		self.set("__islocal", True)
		self.check_permission("create")
		self._action = "save"
		self._validate_links()
		self.name = warranty_import.take_in(self)
		return self.reload()

	def onload(self):
		self.status = warranty_store.status_today(self.as_dict())

	def validate(self):
		frappe.throw(
			_(
				"Start a warranty on the form of its unit, and change it with its buttons: each change has a reason."
			),
			WarrantyHasOneWriterError,
		)

	def on_trash(self):
		if frappe.flags.in_uninstall:
			return
		frappe.throw(
			_("A warranty cannot be deleted, its history stays. Void it instead."), WarrantyHasOneWriterError
		)


def on_doctype_update():
	"""For the nightly job (`warranty/sweep.py`) and the expiry notices. By unit there is an index of the field."""
	frappe.db.add_index("Service Warranty", ["status", "ends_on"])
	frappe.db.add_index("Service Warranty", ["status", "starts_on"])
