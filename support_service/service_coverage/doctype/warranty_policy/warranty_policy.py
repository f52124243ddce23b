"""A warranty policy: for which units it holds, when their warranty starts, how long it covers what, what it excludes."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_link_to_form

from support_service.foundation import locks, typed
from support_service.service_coverage.warranty import policies as warranty_policies
from support_service.service_coverage.warranty.policies import COLUMNS
from support_service.service_coverage.warranty.policy_rules import DIMENSIONS, StartsAt, collide


class WarrantyTermsError(frappe.ValidationError):
	"""Months, shares or dates that no warranty can have."""


class WarrantyPolicyTieError(frappe.ValidationError):
	"""Another enabled policy holds for exactly the same units in the same days."""


class WarrantyPolicyInUseError(frappe.ValidationError):
	"""Warranties were given by the policy and link to it."""


class WarrantyPolicy(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from support_service.service_coverage.doctype.warranty_exclusion.warranty_exclusion import (
			WarrantyExclusion,
		)

		brand: DF.Link | None
		company: DF.Link | None
		cost_center: DF.Link | None
		enabled: DF.Check
		exclusions: DF.Table[WarrantyExclusion]
		item: DF.Link | None
		item_group: DF.Link | None
		months_labour: DF.Int
		months_parts: DF.Int
		months_travel: DF.Int
		part_months: DF.Int
		part_rule: DF.Literal["Longer of Both", "Remaining of the Unit", "Own Period"]
		policy_name: DF.Data
		resale: DF.Literal["After a Credited Return", "After Any Return"]
		scope_summary: DF.Data | None
		share_labour: DF.Percent
		share_parts: DF.Percent
		share_travel: DF.Percent
		start_after_days: DF.Int
		starts_at: DF.Literal["Delivery", "Installation", "Final Acceptance"]
		terms: DF.TextEditor | None
		valid_from: DF.Date | None
		valid_to: DF.Date | None

	# end: auto-generated types

	def __init__(self, *args, **kwargs):
		super().__init__(*args, **kwargs)
		# empty means "any" here; Frappe would fill company and group from the user's defaults
		self.dont_update_if_missing = list(DIMENSIONS)

	def validate(self):
		with typed.must_result(self, ["scope_summary"]):
			self.check_terms()
			self.check_dates()
			self.check_tie()
			self.settle_start()
			self.scope_summary = self.scope_in_words()

	def on_trash(self):
		self.check_unused()

	def after_rename(self, old: str, new: str, merge: bool = False):
		# `modified` is how every worker sees that policies changed, and Frappe leaves it alone when it renames
		self.db_set("modified", frappe.utils.now(), update_modified=False)

	def settle_start(self) -> None:
		"""Clear the days after delivery of a policy that starts at delivery; refuse them where they were just entered."""
		if self.starts_at != StartsAt.DELIVERY or not cint(self.start_after_days):
			return
		if self.has_value_changed("start_after_days") and not typed.is_sent_by_form():
			frappe.throw(
				_(
					"A warranty that starts at delivery starts at once. Enter 0 days, or choose another start."
				),
				WarrantyTermsError,
			)
		self.start_after_days = 0

	def scope_in_words(self) -> str:
		"""The scope as a text for reports and exports, in English; the list view shows it in the reader's language."""
		scope = warranty_policies.as_policy(self).scope
		words = (f"{self.meta.get_label(dimension)}: {value}" for dimension, value in scope.items())
		return (", ".join(words) or "Every unit")[:140]

	def check_terms(self) -> None:
		months = [self.get(f"months_{column}") for column in COLUMNS.values()]
		if min(map(cint, [*months, self.part_months, self.start_after_days])) < 0:
			frappe.throw(_("Months and days cannot be negative. Enter 0 for none."), WarrantyTermsError)
		if max(map(cint, [*months, self.part_months])) > 1200:
			frappe.throw(
				_("No warranty lasts longer than a hundred years. Enter months."), WarrantyTermsError
			)
		shares = [flt(self.get(f"share_{column}")) for column in COLUMNS.values()]
		if min(shares) < 0 or max(shares) > 100:
			frappe.throw(_("Enter how much is covered as a percentage from 0 to 100."), WarrantyTermsError)

	def check_dates(self) -> None:
		if self.valid_from and self.valid_to and str(self.valid_from) > str(self.valid_to):
			frappe.throw(
				_("Valid To lies before Valid From. Swap the dates, or leave one empty for no limit."),
				WarrantyTermsError,
			)

	def check_tie(self) -> None:
		"""Refuse a second policy for the same units: which one holds would be left to chance."""
		mine = warranty_policies.as_policy(self)
		if not mine.enabled:
			return
		for other in self.lock_policies():
			if other.name != self.name and collide(mine, warranty_policies.as_policy(other)):
				frappe.throw(
					_(
						"{0} already holds for exactly the same units on some of these days. Name one more condition "
						"in one of the two, let their validity not overlap, or disable one of them."
					).format(get_link_to_form("Warranty Policy", other.name)),
					WarrantyPolicyTieError,
				)

	def lock_policies(self) -> list:
		"""Lock all policies and read them as committed: nobody else saves one until this transaction ends."""
		policy = frappe.qb.DocType("Warranty Policy")
		fields = ["name", "enabled", "valid_from", "valid_to", *DIMENSIONS]
		return locks.rows(frappe.qb.from_(policy).select(*(policy[field] for field in fields)))

	def check_unused(self) -> None:
		if frappe.db.exists("Service Warranty", {"policy": self.name}):
			frappe.throw(
				_(
					"{0} gave warranties that are on record, so it cannot be deleted. Disable it instead: new units "
					"will not get it any more."
				).format(self.name),
				WarrantyPolicyInUseError,
			)
