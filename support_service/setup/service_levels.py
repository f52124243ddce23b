"""Calendars and the policies an installation begins with, seeded once.

From then on they belong to the admin: nothing is written again, and nothing is added to a site that has calendars or
policies of its own.
"""

from typing import Any

import frappe

ALL_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKDAYS = ALL_DAYS[:5]

ROUND_THE_CLOCK = "7×24"
OFFICE_HOURS = "5×8"
LONG_DAYS = "7×18"

CALENDARS: tuple[dict[str, Any], ...] = (
	{
		"calendar_name": ROUND_THE_CLOCK,
		"windows": [{"day": day, "from_time": "00:00:00", "to_time": "00:00:00"} for day in ALL_DAYS],
	},
	{
		"calendar_name": OFFICE_HOURS,
		"windows": [{"day": day, "from_time": "09:00:00", "to_time": "18:00:00"} for day in WORKDAYS],
		"breaks": [{"day": "Every Day", "from_time": "12:00:00", "to_time": "13:00:00"}],
	},
	{
		"calendar_name": LONG_DAYS,
		"windows": [{"day": day, "from_time": "06:00:00", "to_time": "00:00:00"} for day in ALL_DAYS],
	},
)

STANDARD_POLICY = "Standard"
# What is promised depends on the request type: no visit is promised for an inquiry. Request type → clocks; each such policy
# is named after the standard one and its type. Whoever asks for anything else is promised an answer.
EVERYBODY = ("First Response", "Specialist Solution")
WORK = (*EVERYBODY, "On Site", "Solution Plan", "Repair Complete", "Report Delivered")
CLOCKS_OF_TYPE = {
	"": EVERYBODY,
	"Fault": (*WORK, "Business Restored"),
	"Repair": WORK,
	"Complaint": (*EVERYBODY, "Solution Plan"),
	"Change Request": (*EVERYBODY, "Solution Plan"),
}

# clock, priority (empty: every other), target, unit, calendar; an answer does not wait for the customer
TARGETS = (
	("First Response", "Critical", 2, "Hours", ROUND_THE_CLOCK),
	("First Response", "High", 2, "Hours", ROUND_THE_CLOCK),
	("First Response", "", 24, "Hours", ROUND_THE_CLOCK),
	("On Site", "Critical", 12, "Hours", ROUND_THE_CLOCK),
	("On Site", "", 24, "Hours", ROUND_THE_CLOCK),
	("Solution Plan", "", 48, "Hours", ROUND_THE_CLOCK),
	("Business Restored", "", 48, "Hours", ROUND_THE_CLOCK),
	("Repair Complete", "", 48, "Hours", ROUND_THE_CLOCK),
	("Specialist Solution", "", 7, "Working Days", OFFICE_HOURS),
	("Report Delivered", "", 3, "Working Days", OFFICE_HOURS),
)
# a change request is answered in writing within a week: solution, impact, effort, dates
TARGETS_OF_TYPE = {"Change Request": (("Solution Plan", "", 5, "Working Days", OFFICE_HOURS),)}
NEVER_WAITING = ("First Response",)
WARN_AT = "80"

# point, value, whom, action
LADDER = (
	("Percent Used", 80, "Engineer", "Desk Notification"),
	("Percent Used", 80, "Team Lead", "Desk Notification"),
	("Hours after Due", 0, "Team Lead", "Desk Notification"),
	("Hours after Due", 0, "Team Lead", "Email"),
	("Hours after Due", 0, "Project Manager", "Desk Notification"),
	("Hours after Due", 0, "Project Manager", "Email"),
	("Hours after Due", 2, "Project Manager", "Email"),
	("Hours after Due", 8, "Director", "Email"),
)
# of one clock: a repair that takes longer than promised is a reason to lend the customer a device
LADDER_OF_CLOCK = {"Repair Complete": (("Hours after Due", 0, "Team Lead", "Propose Loan"),)}


def seed() -> None:
	"""Create the default calendars and policies on a site that has neither."""
	if any(frappe.get_all(doctype, limit=1) for doctype in ("Service Calendar", "Service Level Policy")):
		return
	zone = frappe.utils.get_system_timezone()
	for calendar in CALENDARS:
		frappe.get_doc({"doctype": "Service Calendar", "time_zone": zone, **calendar}).insert()
	for request_type in CLOCKS_OF_TYPE:
		_policy(request_type).insert()


def follow_time_zone(args: dict[str, Any] | None = None) -> None:
	"""End of the setup wizard: calendars seeded before the site knew its time zone, and still as seeded, take it over."""
	zone = frappe.utils.get_system_timezone()
	for seeded in CALENDARS:
		name = seeded["calendar_name"]
		if not frappe.db.exists("Service Calendar", name):
			continue
		calendar = frappe.get_doc("Service Calendar", name)
		if calendar.time_zone != zone and _as_seeded(calendar, seeded):
			calendar.time_zone = zone
			calendar.save()


def _as_seeded(calendar: Any, seeded: dict[str, Any]) -> bool:
	added = calendar.changes or calendar.holiday_list or calendar.description
	return not added and all(
		_times(calendar.get(table)) == _times(seeded.get(table) or []) for table in ("windows", "breaks")
	)


def _times(rows: list[Any]) -> list[tuple[str, Any, Any]]:
	return [
		(
			row.get("day"),
			frappe.utils.get_time(row.get("from_time")),
			frappe.utils.get_time(row.get("to_time")),
		)
		for row in rows
	]


def policy_name(request_type: str) -> str:
	"""Name of the seeded policy of a request type, "" for every other."""
	return " – ".join(filter(None, (STANDARD_POLICY, request_type)))


def _policy(request_type: str) -> Any:
	clocks = CLOCKS_OF_TYPE[request_type]
	own = TARGETS_OF_TYPE.get(request_type, ())
	others = [row for row in TARGETS if row[0] not in {clock for clock, *_rest in own}]
	return frappe.get_doc(
		{
			"doctype": "Service Level Policy",
			"policy_name": policy_name(request_type),
			"calendar": ROUND_THE_CLOCK,
			"request_type": request_type,
			"targets": [_target(*row) for row in (*others, *own) if row[0] in clocks],
			"ladder": [
				*(_step(*row) for row in LADDER),
				*(_step(*row, clock=clock) for clock in clocks for row in LADDER_OF_CLOCK.get(clock, ())),
			],
		}
	)


def _step(point: str, value: float, whom: str, action: str, clock: str = "") -> dict[str, Any]:
	return {"clock": clock, "point": point, "value": value, "whom": whom, "action": action}


def _target(clock: str, priority: str, target: float, unit: str, calendar: str) -> dict[str, Any]:
	return {
		"clock": clock,
		"priority": priority,
		"target": target,
		"unit": unit,
		"calendar": "" if calendar == ROUND_THE_CLOCK else calendar,
		"warn_at": WARN_AT,
		"pauses_for_customer": int(clock not in NEVER_WAITING),
	}
