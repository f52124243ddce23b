"""Fill the site with closed cases in bulk: real rows in every table a case leaves behind, without the app's events."""

import frappe

MARK = "Bulk closed"


def grow_to(target: int, customers: list[str], units: list[str], team: str, engineer_user: str) -> None:
	"""Make sure `target` closed cases exist, each with three ledger rows and every third with a visit."""
	have = frappe.db.count("Service Request", {"status": "Closed"})
	step = 20_000
	while have < target:
		size = min(step, target - have)
		_cases(have, size, customers, units, team, engineer_user)
		_moves(have, size)
		_visits(have, size)
		frappe.db.commit()  # a bulk load: one transaction per chunk keeps the undo log small
		have += size
	for table in ("Service Request", "Service Request Move", "Engineer Visit"):
		frappe.db.sql_ddl(f"analyze table `tab{table}`")


def _cases(start: int, size: int, customers: list[str], units: list[str], team: str, engineer_user: str) -> None:
	now = frappe.utils.now_datetime()
	rows = []
	for index in range(start, start + size):
		moment = frappe.utils.add_to_date(now, minutes=-(5 * index + 1000))
		unit = index % len(units)
		rows.append(
			(
				f"BULK-{index:07d}",
				moment,
				moment,
				"Administrator",
				"Administrator",
				f"{MARK} {index}",
				customers[unit % len(customers)],
				customers[unit % len(customers)],
				units[unit],
				"Closed",
				"Medium",
				"Fault",
				"Hotline",
				moment,
				team,
				"After-Sales",
				engineer_user,
				moment,
				1,
				1,
			)
		)
	fields = (
		"name creation modified owner modified_by subject customer customer_name installed_unit status priority "
		"request_type channel raised_on team department_queue engineer_user closed_on archived idx"
	).split()
	frappe.db.bulk_insert("Service Request", fields, rows, chunk_size=5000)


def _moves(start: int, size: int) -> None:
	steps = (("create", None, "New"), ("assign", "New", "Assigned"), ("confirm", "Resolved", "Closed"))
	now = frappe.utils.now_datetime()
	rows = [
		(f"BULK-{index:07d}-{number}", now, now, "Administrator", f"BULK-{index:07d}", action, source, target, now, "Administrator", 1)
		for index in range(start, start + size)
		for number, (action, source, target) in enumerate(steps)
	]
	fields = ["name", "creation", "modified", "owner", "request", "action", "from_status", "to_status", "moved_at", "moved_by", "told"]
	frappe.db.bulk_insert("Service Request Move", fields, rows, chunk_size=5000)


def _visits(start: int, size: int) -> None:
	frappe.db.sql(
		"""insert into `tabEngineer Visit`
		(name, creation, modified, owner, docstatus, service_request, customer, installed_unit, status, engineer_user,
		team, planned_start, planned_end)
		select replace(name, 'BULK', 'BULKV'), creation, modified, owner, 1, name, customer, installed_unit, 'Completed',
		engineer_user, team, raised_on, raised_on from `tabService Request`
		where name between %s and %s and mod(cast(substr(name, 6) as unsigned), 3) = 0""",
		(f"BULK-{start:07d}", f"BULK-{start + size - 1:07d}"),
	)  # insert ... select of a whole chunk is beyond the query builder's comfort
