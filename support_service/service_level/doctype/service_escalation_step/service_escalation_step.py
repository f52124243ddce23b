"""One escalation step of a policy: when, whom, and how."""

import frappe
from frappe import _
from frappe.utils import flt

from support_service.permissions.parent_rows import ParentRow
from support_service.service_level.doctype.service_level_target.service_level_target import check_clock

ACTIONS_HOOK = "support_service_escalation_actions"
PERCENT_USED = "Percent Used"


class EscalationPointError(frappe.ValidationError):
	"""The point in time of a step is out of range."""


class EscalationRoleError(frappe.ValidationError):
	"""A step notifies a role, but does not say which."""


class UnknownEscalationActionError(frappe.ValidationError):
	"""No installed app offers this way of escalating."""


class ServiceEscalationStep(ParentRow):
	def check(self) -> None:
		"""Called by the policy: rows are never saved alone."""
		if self.clock:
			check_clock(self.idx, self.clock)
		self.check_value()
		self.check_role()
		self.check_action()

	def check_value(self) -> None:
		value = flt(self.value)
		if self.point == PERCENT_USED and not 1 <= value <= 100:
			frappe.throw(
				_(
					"Escalation row {0}: a percentage lies between 1 and 100. For a step after the due time choose "
					"{1}."
				).format(self.idx, _("Hours after Due")),
				EscalationPointError,
			)
		if value < 0:
			frappe.throw(
				_("Escalation row {0}: the hours after due cannot be negative.").format(self.idx),
				EscalationPointError,
			)

	def check_role(self) -> None:
		if self.whom != "Role":
			self.role = None
		elif not self.role:
			frappe.throw(
				_("Escalation row {0}: choose the role that is to be notified.").format(self.idx),
				EscalationRoleError,
			)

	def check_action(self) -> None:
		offered = frappe.get_hooks(ACTIONS_HOOK) or {}
		if self.action not in offered:
			frappe.throw(
				_("Escalation row {0}: nobody knows how to {1}. Choose one of: {2}.").format(
					self.idx,
					frappe.bold(frappe.utils.escape_html(self.action or "")),
					", ".join(_(name) for name in offered),
				),
				UnknownEscalationActionError,
			)
