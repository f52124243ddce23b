"""When we work: windows, breaks, holidays and temporary changes on the clock of one time zone."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_date, get_system_timezone, getdate

from support_service.foundation import typed
from support_service.service_level.calendar import calendars
from support_service.service_level.calendar.source import seconds_of, week_of
from support_service.service_level.calendar.wall_clock import UnknownZoneError, zone_of
from support_service.service_level.calendar.week import means_midnight

UNTIL_MIDNIGHT = "support_service.service_calendar.until_midnight"  # a function of the form


class CalendarTimeZoneError(frappe.ValidationError):
	"""The time zone is not one this server knows."""


class CalendarNeverOpensError(frappe.ValidationError):
	"""There are no windows, or the breaks leave nothing of them."""


class CalendarBreakError(frappe.ValidationError):
	"""A break begins and ends at the same time."""


class CalendarChangeError(frappe.ValidationError):
	"""A temporary change ends before it begins, or uses the calendar it changes."""


class CalendarInUseError(frappe.ValidationError):
	"""Promises were computed with the calendar."""


class ServiceCalendar(Document):
	# begin: auto-generated types
	# end: auto-generated types

	def before_validate(self):
		self.time_zone = (self.time_zone or "").strip() or get_system_timezone()

	def validate(self):
		typed.refuse_given(self, ["version"])
		with typed.must_result(self, ["hours_per_day"]):
			self.check()
		self.warn_of_lost_minutes()

	def check(self):
		"""Raises a named error for what no calendar may say; the preview of an unsaved calendar asks too."""
		self.check_time_zone()
		self.check_breaks()
		self.check_changes()
		self.set_hours_per_day()

	def on_update(self):
		calendars.publish(self)
		calendars.publish_users_of(self.name)

	def after_rename(self, old: str, new: str, merge: bool = False):
		# the name is part of what a version says, and of what the changes of other calendars say
		renamed = frappe.get_doc(self.doctype, new)
		calendars.publish(renamed)
		calendars.publish_users_of(new)

	def on_trash(self):
		self.check_unused()
		calendars.delete_versions(self.name)

	def check_time_zone(self):
		try:
			zone_of(self.time_zone)
		except UnknownZoneError:
			frappe.throw(
				_("There is no time zone {0}. Choose one from the list, such as Asia/Shanghai.").format(
					frappe.bold(frappe.utils.escape_html(self.time_zone))
				),
				CalendarTimeZoneError,
			)

	def check_breaks(self):
		for row in self.breaks:
			if seconds_of(row.from_time) == seconds_of(row.to_time):
				frappe.throw(
					_(
						"Break in row {0}: it begins and ends at the same time. Set the end, or delete the row."
					).format(row.idx),
					CalendarBreakError,
				)

	def check_changes(self):
		for row in self.changes:
			if getdate(row.from_date) > getdate(row.to_date):
				frappe.throw(
					_("Temporary change in row {0}: {1} is after {2}. Exchange the two dates.").format(
						row.idx, format_date(row.from_date), format_date(row.to_date)
					),
					CalendarChangeError,
				)
			if row.use_calendar and row.use_calendar == self.name:
				frappe.throw(
					_(
						"Temporary change in row {0}: a calendar cannot use itself. Make a calendar with the windows of those days and choose that one."
					).format(row.idx),
					CalendarChangeError,
				)

	def set_hours_per_day(self):
		"""Refuses a calendar that never opens: no promise could be kept by it."""
		usual = week_of(self.windows, self.breaks).usual_length()
		if not usual:
			frappe.throw(
				_("This calendar never opens. Add a window, or shorten the breaks."), CalendarNeverOpensError
			)
		self.hours_per_day = usual / 3600

	def warn_of_lost_minutes(self):
		"""23:59 is how other programs write the end of a day; here it would lose a minute every night."""
		tables = {_("Windows"): self.windows, _("Breaks"): self.breaks}
		for label, table in tables.items():
			rows = [str(row.idx) for row in table if means_midnight(seconds_of(row.to_time))]
			if rows:
				frappe.msgprint(
					_(
						"{0} in rows {1} end before midnight, at 23:59: the last minute of the day is left out. For the end of the day enter 00:00:00."
					).format(label, ", ".join(rows)),
					title=_("Not until Midnight"),
					indicator="orange",
					primary_action={
						"label": _("Set to Midnight"),
						"client_action": UNTIL_MIDNIGHT,
						"hide_on_success": 1,
					},
				)

	def check_unused(self):
		used = {"calendar": self.name}
		# the ledger too: a promise that was replaced still says by which hours it was counted
		if frappe.db.exists("Service Clock", used) or frappe.db.exists("Service Clock Entry", used):
			frappe.throw(
				_("Promises were computed with calendar {0}, so it stays. Disable it instead.").format(
					frappe.bold(self.name)
				),
				CalendarInUseError,
			)
