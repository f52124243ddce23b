"""Users, employees, teams and engineers of the demo."""

from __future__ import annotations

import frappe
from frappe.utils import add_years, today

from support_service.demo.base import DOMAIN, PASSWORD, company, ensure, ensure_warehouse, root
from support_service.demo.people_data import ENGINEERS, PROJECT_MANAGER, STAFF, TEAMS, Person


def email_of(login: str) -> str:
	return f"{login}@{DOMAIN}"


def make_people() -> None:
	"""Everybody who works here; also the teams, and a van for each engineer."""
	department = ensure(
		"Department",
		{"department_name": "Customer Service", "company": company().name},
		{"parent_department": root("Department")},
	)
	for person in (*STAFF, *ENGINEERS):
		_make_user(person)
		_make_employee(person, department)
	for team, (queue, lead) in TEAMS.items():
		ensure(
			"Service Team",
			{"team_name": team},
			{
				"department_queue": queue,
				"company": company().name,
				"lead": email_of(lead),
				"project_manager": email_of(PROJECT_MANAGER),
			},
		)
	for person in ENGINEERS:
		make_engineer(person)


def make_login(email: str, values: dict, roles: tuple[str, ...]) -> None:
	"""A user with the demo password and without e-mail notifications; an existing one is left alone."""
	if frappe.db.exists("User", email):
		return
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"send_welcome_email": 0,
			"new_password": PASSWORD,
			"roles": [{"role": role} for role in roles],
			**values,
		}
	).insert()
	frappe.db.set_value("Notification Settings", user.name, "enable_email_notifications", 0)


def make_engineer(person: Person) -> str:
	"""The Service Engineer record with its van; returns its name."""
	email = email_of(person.login)
	return ensure(
		"Service Engineer",
		{"user": email},
		{
			"engineer_name": full_name(person),
			"employee": frappe.db.get_value("Employee", {"user_id": email}),
			"team": person.team,
			"phone": person.phone,
			"van_warehouse": _make_van(person),
		},
	)


def full_name(person: Person) -> str:
	"""张伟 Zhang Wei, or Tom Becker."""
	return f"{person.first_name} {person.last_name}"


def _make_van(person: Person) -> str:
	return ensure_warehouse(f"Van {full_name(person)}")


def _make_user(person: Person) -> None:
	values = {
		"first_name": person.first_name,
		"last_name": person.last_name,
		"language": person.language,
		"user_type": "System User",
	}
	make_login(email_of(person.login), values, person.roles)


def _make_employee(person: Person, department: str) -> None:
	ensure(
		"Employee",
		{"user_id": email_of(person.login)},
		{
			"first_name": person.first_name,
			"last_name": person.last_name,
			"company": company().name,
			"department": department,
			"designation": ensure("Designation", {"designation_name": person.designation}),
			"gender": ensure("Gender", {"gender": person.gender}),
			"date_of_birth": person.born,
			"date_of_joining": add_years(today(), -3),
			"cell_number": person.phone,
			"status": "Active",
			# else ERPNext narrows everything this user sees to documents that name the employee
			"create_user_permission": 0,
		},
	)
