"""One promise of a policy: a clock, for one priority or all, with its target, calendar, warnings and waits."""

import frappe
from frappe import _
from frappe.utils import flt

from support_service.permissions.parent_rows import ParentRow
from support_service.service_level.clock import registry
from support_service.service_level.policy.rules import WarningPointsError, parse_warn_at


class UnknownClockError(frappe.ValidationError):
	"""No installed app offers a clock of this name."""


class TargetNotPositiveError(frappe.ValidationError):
	"""A promise of no time at all is missed when it starts."""


class WarnAtError(frappe.ValidationError):
	"""The warning points cannot be read as percentages."""


class ServiceLevelTarget(ParentRow):
	def check(self) -> None:
		"""Called by the policy: rows are never saved alone."""
		check_clock(self.idx, self.clock)
		if flt(self.target) <= 0:
			frappe.throw(
				_("Row {0}: the target of {1} must be more than zero.").format(self.idx, _(self.clock)),
				TargetNotPositiveError,
			)
		self.warn_at = self.checked_warn_at()

	def checked_warn_at(self) -> str:
		"""The warning points, ascending and once each, as they are stored."""
		try:
			return ", ".join(map(str, parse_warn_at(self.warn_at)))
		except WarningPointsError as error:
			frappe.throw(
				_(
					"Row {0}: {1} is not a warning point. Write whole percentages from 1 to 99, for example: 50, 80."
				).format(self.idx, frappe.bold(frappe.utils.escape_html(str(error)))),
				WarnAtError,
			)


def check_clock(row: int, clock: str) -> None:
	"""Raise UnknownClockError unless an installed app offers `clock`; names those that are."""
	known = registry.registered()
	if clock not in known:
		frappe.throw(
			_("Row {0}: there is no clock named {1}. Choose one of: {2}.").format(
				row, frappe.bold(frappe.utils.escape_html(clock or "")), ", ".join(_(name) for name in known)
			),
			UnknownClockError,
		)
