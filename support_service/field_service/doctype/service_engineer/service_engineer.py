import frappe
from frappe import _
from frappe.model.document import Document

from support_service.field_service import vans
from support_service.field_service.errors import EngineerNotFitError


class ServiceEngineer(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		active: DF.Check
		employee: DF.Link | None
		engineer_name: DF.Data
		home_address: DF.Link | None
		naming_series: DF.Literal["ENG-.####"]
		phone: DF.Data | None
		supplying_warehouse: DF.Link | None
		team: DF.Link
		user: DF.Link
		van_warehouse: DF.Link | None

	# end: auto-generated types
	def validate(self):
		self.match_employee_and_user()
		self.check_van()
		vans.check_one_engineer(self)
		vans.check_supply(self)

	def match_employee_and_user(self):
		if not self.employee:
			return
		user, name = frappe.db.get_value("Employee", self.employee, ["user_id", "employee_name"])
		self.engineer_name = self.engineer_name or name
		if user and self.user != user:
			frappe.throw(
				_("Employee {0} has the user {1}. Choose that user, or correct the employee first.").format(
					name, user
				),
				EngineerNotFitError,
			)

	def check_van(self):
		if self.van_warehouse and frappe.get_cached_value("Warehouse", self.van_warehouse, "is_group"):
			frappe.throw(
				_("{0} is a group warehouse. Choose the van's own warehouse.").format(self.van_warehouse),
				EngineerNotFitError,
			)
