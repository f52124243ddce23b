"""Fill the site with closed cases in bulk: real rows in every table a case leaves behind, without the app's events.

The rows are made inside the database (MariaDB's sequence tables), because the load itself is not what is measured.
"""

import frappe

STEP = 20_000

CASES = """
insert into `tabService Request` (name, creation, modified, owner, modified_by, subject, customer, customer_name,
	installed_unit, status, priority, request_type, channel, raised_on, team, department_queue, engineer_user, closed_on,
	archived)
select concat('BULK-', lpad(seq, 7, '0')), @at := date_sub(%(now)s, interval 5 * seq + 1000 minute), @at, 'Administrator',
	'Administrator', concat('Bulk closed ', seq), unit.customer, unit.customer, unit.name, 'Closed', 'Medium', 'Fault',
	'Hotline', @at, %(team)s, 'After-Sales', %(engineer_user)s, @at, 1
from seq_{start}_to_{end} join bulk_unit unit on unit.number = seq mod %(units)s"""

MOVES = """
insert into `tabService Request Move` (name, creation, modified, owner, request, action, from_status, to_status, moved_at,
	moved_by, told)
select concat('BULK-', lpad(seq, 7, '0'), '-', step.number), %(now)s, %(now)s, 'Administrator',
	concat('BULK-', lpad(seq, 7, '0')), step.action, step.from_status, step.to_status, %(now)s, 'Administrator', 1
from seq_{start}_to_{end} join (
	select 1 number, 'create' action, null from_status, 'New' to_status union all
	select 2, 'assign', 'New', 'Assigned' union all
	select 3, 'confirm', 'Resolved', 'Closed') step"""

VISITS = """
insert into `tabEngineer Visit` (name, creation, modified, owner, docstatus, service_request, customer, installed_unit,
	status, engineer_user, team, planned_start, planned_end)
select concat('BULKV-', lpad(seq, 7, '0')), %(now)s, %(now)s, 'Administrator', 1, concat('BULK-', lpad(seq, 7, '0')),
	unit.customer, unit.name, 'Completed', %(engineer_user)s, %(team)s, @at := date_sub(%(now)s, interval 5 * seq minute), @at
from seq_{start}_to_{end} join bulk_unit unit on unit.number = seq mod %(units)s
where seq mod 3 = 0"""


def grow_to(target: int, units: list[str], team: str, engineer_user: str) -> None:
	"""Make sure `target` closed cases exist, each with three ledger rows and every third with a visit."""
	have = frappe.db.count("Service Request", {"status": "Closed"})
	if have >= target:
		return
	frappe.db.sql("set session max_statement_time = 0")  # some reads of the desk leave a limit in the session
	_number(units)
	values = {
		"now": frappe.utils.now_datetime(),
		"team": team,
		"engineer_user": engineer_user,
		"units": len(units),
	}
	for start in range(have, target, STEP):
		span = {"start": start, "end": min(start + STEP, target) - 1}
		for statement in (CASES, MOVES, VISITS):
			frappe.db.sql(statement.format(**span), values)
		frappe.db.commit()  # a bulk load: one transaction per chunk keeps the undo log small
	for table in ("Service Request", "Service Request Move", "Engineer Visit"):
		frappe.db.sql_ddl(f"analyze table `tab{table}`")


def _number(units: list[str]) -> None:
	frappe.db.sql_ddl(
		"create or replace temporary table bulk_unit (number int primary key, name varchar(140), customer varchar(140))"
	)
	customers = dict(
		frappe.get_all("Installed Unit", {"name": ("in", units)}, ["name", "customer"], as_list=True, limit=0)
	)
	for number, unit in enumerate(units):
		frappe.db.sql("insert into bulk_unit values (%s, %s, %s)", (number, unit, customers[unit]))
