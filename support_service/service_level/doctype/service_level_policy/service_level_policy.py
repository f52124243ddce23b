"""A service level policy: for which cases it holds, what it promises them and who is notified when a promise runs out."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

from support_service.foundation import instants, language, locks, typed
from support_service.service_level.calendar import calendars
from support_service.service_level.calendar.durations import target_seconds
from support_service.service_level.calendar.working_time import PromiseOutOfReachError
from support_service.service_level.clock import escalation_steps, recompute
from support_service.service_level.policy import policies
from support_service.service_level.policy.rules import DIMENSIONS, Target, collide, repeated


class PolicyDatesError(frappe.ValidationError):
	"""The last day of a policy lies before its first."""


class RepeatedPromiseError(frappe.ValidationError):
	"""The same clock is promised twice for the same priority."""


class DisabledCalendarError(frappe.ValidationError):
	"""A policy names a calendar that is not to be used any more."""


class UnreachablePromiseError(frappe.ValidationError):
	"""The calendar does not have that much working time in ten years."""


class PolicyTieError(frappe.ValidationError):
	"""Another enabled policy holds for exactly the same cases in the same days."""


class PolicyInUseError(frappe.ValidationError):
	"""Promises were made from the policy; their history names it."""


class ServiceLevelPolicy(Document):
	def __init__(self, *args, **kwargs):
		super().__init__(*args, **kwargs)
		# empty means "any" here; Frappe would fill company, territory and groups from the user's defaults
		self.dont_update_if_missing = list(DIMENSIONS)

	def validate(self):
		self.check_dates()
		for row in self.targets:
			row.check()
		for row in self.ladder:
			row.check()
		escalation_steps.give_keys(self.ladder)
		promises = [policies.as_target(row, self.calendar) for row in self.targets]
		self.check_repeated(promises)
		self.check_calendars(promises)
		self.check_reachable(promises)
		self.check_tie()
		with typed.must_result(self, ["scope_summary"]):
			self.scope_summary = self.scope_in_words()

	def on_update(self):
		self.recompute_open_clocks()

	def on_trash(self):
		self.check_unused()

	def after_rename(self, old: str, new: str, merge: bool = False):
		# `modified` is how every worker sees that policies changed, and Frappe leaves it alone when it renames
		self.db_set("modified", frappe.utils.now(), update_modified=False)

	def scope_in_words(self) -> str:
		"""For reports and exports, in English; list and form say it in the reader's language."""
		if self.only_by_contract:
			return "Only by contract"
		scope = policies.as_policy(self).scope
		words = (f"{self.meta.get_label(dimension)}: {value}" for dimension, value in scope.items())
		return (", ".join(words) or "Every case")[:140]

	def check_dates(self) -> None:
		if self.valid_from and self.valid_to and str(self.valid_from) > str(self.valid_to):
			frappe.throw(
				_("Valid To lies before Valid From. Swap the dates, or leave one empty for no limit."),
				PolicyDatesError,
			)

	def check_repeated(self, promises: list[Target]) -> None:
		if not (again := repeated(promises)):
			return
		if again.priority:
			message = _("{0} is promised twice for priority {1}. Keep one of the two rows.")
		else:
			message = _(
				"{0} is promised twice without a priority. Keep one of the rows, or give one a priority."
			)
		frappe.throw(message.format(_(again.clock), _(again.priority or "")), RepeatedPromiseError)

	def check_calendars(self, promises: list[Target]) -> None:
		names = {self.calendar, *(promise.calendar for promise in promises)}
		disabled = frappe.get_all(
			"Service Calendar", filters={"name": ["in", list(names)], "disabled": 1}, pluck="name", limit=1
		)
		if disabled and self.enabled:
			frappe.throw(
				_("Service Calendar {0} is disabled. Enable it again or choose another one.").format(
					get_link_to_form("Service Calendar", disabled[0])
				),
				DisabledCalendarError,
			)

	def check_reachable(self, promises: list[Target]) -> None:
		"""Refuse what could never be kept, now rather than when the first case comes."""
		now = instants.now()
		hours = policies.hours_per_day({promise.calendar for promise in promises})
		for row, promise in enumerate(promises, 1):
			seconds = target_seconds(promise.value, promise.unit, hours[promise.calendar])
			working_time = calendars.working_time(calendars.current_version(promise.calendar))
			try:
				working_time.add(now, seconds)
			except PromiseOutOfReachError:
				frappe.throw(
					_(
						"Row {0}: {1} cannot be met in ten years on Service Calendar {2}. Promise less, or give the "
						"calendar more windows."
					).format(row, _(promise.clock), get_link_to_form("Service Calendar", promise.calendar)),
					UnreachablePromiseError,
				)

	def check_tie(self) -> None:
		"""Refuse a second policy for the same cases: which one held would be chance."""
		mine = policies.as_policy(self)
		if not mine.enabled:
			return
		for other in self.lock_enabled_policies():
			if other.name != self.name and collide(mine, policies.as_policy(other)):
				frappe.throw(
					_(
						"{0} already holds for exactly the same cases on some of these days. Name one more condition "
						"in one of the two, let their validity not overlap, or disable one of them."
					).format(get_link_to_form("Service Level Policy", other.name)),
					PolicyTieError,
				)

	def lock_enabled_policies(self) -> list:
		"""All enabled policies as they are committed now, and nobody else's save until ours is committed."""
		policy = frappe.qb.DocType("Service Level Policy")
		fields = ["name", "enabled", "only_by_contract", "valid_from", "valid_to", *DIMENSIONS]
		rows = locks.rows(frappe.qb.from_(policy).select(*(policy[field] for field in fields)))
		return [row for row in rows if row.enabled]

	def recompute_open_clocks(self) -> None:
		"""What the policy promised cases that are still open follows it; the old promise stays in their history."""
		recompute.mark(
			policy=self.name,
			reason=_("Service Level Policy {0} was changed", language.of_site()).format(self.name),
			shown_on=(self.doctype, self.name),
		)

	def check_unused(self) -> None:
		if self.is_used("Service Clock") or self.is_used("Service Clock Entry"):
			frappe.throw(
				_(
					"{0} made promises that are on record, so it cannot be deleted. Disable it instead: new cases "
					"will not use it any more."
				).format(self.name),
				PolicyInUseError,
			)

	def is_used(self, doctype: str) -> bool:
		return bool(frappe.db.exists(doctype, {"policy": self.name}))
