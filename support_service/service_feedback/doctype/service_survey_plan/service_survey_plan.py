import frappe
from frappe import _
from frappe.model.document import Document

from support_service.service_feedback import survey_rules as rules


class ServiceSurveyPlan(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_feedback.doctype.service_survey_plan_customer.service_survey_plan_customer import (
			ServiceSurveyPlanCustomer,
		)

		customer_group: DF.Link | None
		customers: DF.Table[ServiceSurveyPlanCustomer]
		customers_with: DF.Literal["Chosen Below", "With a Service Contract", "Of a Group"]
		disabled: DF.Check
		every_days: DF.Int
		rest_days: DF.Int
		starts_on: DF.Date
		team: DF.Link | None
		template: DF.Link | None
		title: DF.Data
	# end: auto-generated types

	def validate(self):
		self.check_days()
		self.check_customers()
		self.check_template()

	def check_days(self):
		if self.every_days < 1 or self.rest_days < 1:
			frappe.throw(_("Please enter one day or more."))

	def check_customers(self):
		if self.customers_with != "Chosen Below":
			self.customers = []
		elif not self.customers:
			frappe.throw(_("Please choose at least one customer."))
		if self.customers_with != "Of a Group":
			self.customer_group = None

	def check_template(self):
		occasion = self.template and frappe.db.get_value("Service Survey Template", self.template, "occasion")
		if occasion and occasion != rules.AT_INTERVALS:
			frappe.throw(_("{0} is a survey after a request. Choose one at intervals.").format(self.template))
