"""What the demo company promises its customers, and who is on duty. Frappe-free."""

from support_service.demo.people_data import AFTER_SALES, TECHNICAL

ALWAYS, OFFICE_HOURS = "7×24", "5×8"
ALL_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# made where an admin has none of that name: days, from, to, break
CALENDARS = {
	ALWAYS: (ALL_DAYS, "00:00:00", "00:00:00", None),
	OFFICE_HOURS: (ALL_DAYS[:5], "09:00:00", "18:00:00", ("12:00:00", "13:00:00")),
	"Meridian 8:30–17:30": (ALL_DAYS[:5], "08:30:00", "17:30:00", ("12:00:00", "13:00:00")),
}

# calendar → (first day, last day from today, calendar used meanwhile, reason)
KEY_PERIODS = {
	"Meridian 8:30–17:30": (7, 13, ALWAYS, "Year-end processing: key period agreed with the customer")
}

# policy → (customer, calendar, rows of (clock, priority, target, unit, calendar))
POLICIES = {
	"Top plan · 江城第一人民医院": (
		"hospital",
		ALWAYS,
		(
			("First Response", "Critical", 1, "Hours", ALWAYS),
			("First Response", "", 2, "Hours", ALWAYS),
			("On Site", "", 12, "Hours", ALWAYS),
			("Solution Plan", "", 24, "Hours", ALWAYS),
			("Business Restored", "", 24, "Hours", ALWAYS),
			("Repair Complete", "", 48, "Hours", ALWAYS),
			("Report Delivered", "", 3, "Working Days", OFFICE_HOURS),
		),
	),
	"Office hours · Meridian Data Centres": (
		"datacentre",
		"Meridian 8:30–17:30",
		(
			("First Response", "", 2, "Hours", "Meridian 8:30–17:30"),
			("On Site", "", 8, "Hours", "Meridian 8:30–17:30"),
			("Business Restored", "", 3, "Working Days", "Meridian 8:30–17:30"),
			("Repair Complete", "", 5, "Working Days", "Meridian 8:30–17:30"),
			("Report Delivered", "", 3, "Working Days", OFFICE_HOURS),
		),
	),
}

# percent used or hours after due, whom, how
LADDER = (
	("Percent Used", 50, "Engineer", "Desk Notification"),
	("Percent Used", 80, "Team Lead", "Desk Notification"),
	("Hours after Due", 0, "Project Manager", "Desk Notification"),
	("Hours after Due", 2, "Director", "Desk Notification"),
)

# weeks from Monday 09:00 on, in turn
DUTY = {AFTER_SALES: ("zhang.wei", "chen.jing"), TECHNICAL: ("liu.qiang", "tom.becker")}
DUTY_WEEKS = 8
