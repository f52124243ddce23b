import frappe
from erpnext.stock.get_item_details import get_conversion_factor
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate, today

from support_service.foundation import typed
from support_service.service_parts.needs import errors, figures, reservations, supply
from support_service.service_parts.needs.need_rules import OVER, TOLERANCE
from support_service.service_parts.needs.reservations import Because
from support_service.support_service.lifecycle import FINAL_STATES


class PartNeed(Document):
	"""A part that a case needs, from when somebody asks for it until a visit has used it."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		alternative_of: DF.Link | None
		available_utc: DF.Datetime | None
		cancel_reason: DF.SmallText | None
		company: DF.Link | None
		conversion_factor: DF.Float
		engineer_visit: DF.Link | None
		expected_on: DF.Date | None
		held_qty: DF.Float
		installed_unit: DF.Link | None
		is_open: DF.Check
		item_code: DF.Link
		item_name: DF.Data | None
		naming_series: DF.Literal["PN-.YYYY.-.#####"]
		needed_by: DF.Date | None
		note: DF.SmallText | None
		ordered_qty: DF.Float
		purchase_order: DF.Link | None
		purchase_request: DF.Link | None
		qty: DF.Float
		reserved_warehouse: DF.Link | None
		service_request: DF.Link
		status: DF.Literal["Wanted", "Reserved", "Ordered", "On Its Way", "In Van", "Used", "Cancelled"]
		stock_qty: DF.Float
		stock_uom: DF.Link | None
		transfer_request: DF.Link | None
		transit_qty: DF.Float
		uom: DF.Link | None
		used_qty: DF.Float
		van_qty: DF.Float

	# end: auto-generated types
	def validate(self):
		with typed.must_result(
			self, (*figures.FILLED, "company", "stock_uom", "conversion_factor", "stock_qty")
		):
			self.keep_figures()
			self.take_over_from_case()
			self.take_over_from_item()
		self.check_quantity()

	def on_update(self):
		reservations.release_beyond(self, Because.of(self))
		figures.refresh([self.name])
		self.reload_figures()

	def on_trash(self):
		"""A need about which nothing has happened may be deleted."""
		if frappe.db.exists(reservations.DOCTYPE, {"part_need": self.name}) or supply.coming_for([self.name]):
			frappe.throw(
				_("{0} was reserved or ordered. Call the need off instead of deleting it.").format(
					self.item_name or self.item_code
				),
				errors.NeedInUseError,
			)

	def keep_figures(self):
		"""What has become of the need is written by `needs/figures.py` alone, and not by a form that was open meanwhile."""
		before = self.get_doc_before_save()
		for fieldname in figures.FILLED:
			self.set(fieldname, before.get(fieldname) if before else self.meta.get_field(fieldname).default)
		if before and before.status in OVER:
			self.refuse_closed()

	def take_over_from_case(self):
		"""Fill company and unit from the case.

		:raises NeedClosedError: the case is over.
		"""
		case = frappe.db.get_value(
			"Service Request", self.service_request, ["company", "installed_unit", "status"], as_dict=True
		)
		if not case:
			return  # Frappe's check of links, which follows, refuses it
		if case.status in FINAL_STATES:
			self.refuse_closed()
		self.company = case.company
		if self.is_new():
			self.installed_unit = self.installed_unit or case.installed_unit

	def refuse_closed(self):
		frappe.throw(
			_("Nothing more can be done with {0}: it is used or cancelled, or its request is over.").format(
				self.item_name or self.item_code
			),
			errors.NeedClosedError,
		)

	def take_over_from_item(self):
		"""Fill units of measure; a Box of four is four pieces of stock.

		:raises NeedItemError: the item cannot be drawn from stock.
		"""
		item = frappe.get_cached_doc("Item", self.item_code) if self.item_code else None
		if not item:
			return
		if self.is_new() or self.has_value_changed("item_code"):
			self.check_item(item)
		self.stock_uom = item.stock_uom
		self.uom = self.uom or item.stock_uom
		self.conversion_factor = (
			1.0
			if self.uom == item.stock_uom
			else flt(get_conversion_factor(item.name, self.uom).get("conversion_factor")) or 1.0
		)
		self.stock_qty = flt(flt(self.qty) * self.conversion_factor, self.precision("stock_qty"))

	def check_item(self, item):
		before = self.get_doc_before_save()
		if before and (
			before.held_qty or before.van_qty or before.transit_qty or before.ordered_qty or before.used_qty
		):
			frappe.throw(
				_("{0} is reserved, ordered or used already. Cancel this need and add one for {1}.").format(
					before.item_name or before.item_code, item.item_name
				),
				errors.NeedItemError,
			)
		ended = item.end_of_life and getdate(item.end_of_life) <= getdate(today())
		if not item.is_stock_item or item.has_variants or item.disabled or ended:
			frappe.throw(
				_(
					"{0} cannot be drawn from stock: it is disabled, a template, past its end of life, or no stock is kept "
					"of it. Choose another item."
				).format(item.item_name),
				errors.NeedItemError,
			)

	def check_quantity(self):
		qty = flt(self.stock_qty)
		whole = (
			frappe.get_cached_value("UOM", self.stock_uom, "must_be_whole_number") if self.stock_uom else 0
		)
		if qty <= 0 or (whole and abs(qty - round(qty)) > TOLERANCE):
			frappe.throw(
				_(
					"Enter how many of {0} are needed: above zero, and whole pieces where it is counted in whole {1}."
				).format(self.item_name or self.item_code, self.stock_uom or self.uom),
				errors.NeedQuantityError,
			)
		if qty < flt(self.used_qty) - TOLERANCE:
			frappe.throw(
				_("{0} of {1} are used already; the quantity cannot be less.").format(
					f"{flt(self.used_qty):g}", self.item_name or self.item_code
				),
				errors.NeedQuantityError,
			)

	def reload_figures(self):
		"""What was computed after the save, for whoever goes on with this document."""
		self.update(frappe.db.get_value(self.doctype, self.name, figures.FILLED, as_dict=True))


def on_doctype_update():
	"""Add the indexes that the case, waiting cases and the list "Needs to order" read by."""
	frappe.db.add_index("Part Need", ["service_request", "status"])
	frappe.db.add_index("Part Need", ["is_open", "status"])
