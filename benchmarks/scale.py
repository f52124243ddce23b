"""Fill the site with closed cases in bulk: real rows in every table a case leaves behind, without the app's events.

The rows are made inside the database (MariaDB's sequence tables), because the load itself is not what is measured.
"""

import frappe

from benchmarks.cleared import take_away

STEP = 20_000
TABLES = ("Service Request", "Service Request Move", "Engineer Visit", "Service Clock", "Service Clock Entry")

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

# two promises a case, kept and over, each with what started and what stopped it
CLOCKS = """
insert into `tabService Clock` (name, creation, modified, owner, request, kind, state, due_at, due_utc, started_at,
	started_utc, stopped_at, stopped_utc, customer, team, engineer_user, priority, target_seconds, target_label,
	used_seconds, round, promise_no, entries, steps_taken)
select concat('BULK-', lpad(seq, 7, '0'), '-', kind.code), %(now)s, %(now)s, 'Administrator',
	concat('BULK-', lpad(seq, 7, '0')), kind.name, 'Met', @at := date_sub(%(now)s, interval 5 * seq + 1000 minute), @at, @at,
	@at, @at, @at, unit.customer, %(team)s, %(engineer_user)s, 'Medium', 14400, '4 Hours', 3600, 1, 1, 2, '[]'
from seq_{start}_to_{end} join bulk_unit unit on unit.number = seq mod %(units)s join (
	select 'FR' code, 'First Response' name union all
	select 'BR', 'Business Restored') kind"""

CLOCK_ENTRIES = """
insert into `tabService Clock Entry` (name, creation, modified, owner, clock, request, no, event, at, at_utc, promise_no,
	told)
select concat('BULK-', lpad(seq, 7, '0'), '-', kind.code, '-', step.number), %(now)s, %(now)s, 'Administrator',
	concat('BULK-', lpad(seq, 7, '0'), '-', kind.code), concat('BULK-', lpad(seq, 7, '0')), step.number, step.event,
	%(now)s, %(now)s, 1, 1
from seq_{start}_to_{end} join (select 'FR' code union all select 'BR') kind join (
	select 1 number, 'Started' event union all
	select 2, 'Stopped') step"""


def clear() -> None:
	"""Take away what an earlier measurement has filled in: a small site must be small."""
	take_away(TABLES, "BULK")


def grow_to(target: int, units: list[str], team: str, engineer_user: str) -> None:
	"""Make sure `target` closed cases exist, each with three moves and two promises, every third with a visit."""
	groups = (
		(frappe.db.count("Service Request", {"status": "Closed"}), (CASES, MOVES, VISITS)),
		(frappe.db.count("Service Clock", {"name": ("like", "BULK-%-FR")}), (CLOCKS, CLOCK_ENTRIES)),
	)
	if min(have for have, _statements in groups) >= target:
		return
	frappe.db.sql("set session max_statement_time = 0")  # some reads of the desk leave a limit in the session
	_number(units)
	values = {
		"now": frappe.utils.now_datetime(),
		"team": team,
		"engineer_user": engineer_user,
		"units": len(units),
	}
	for have, statements in groups:
		for start in range(have, target, STEP):
			span = {"start": start, "end": min(start + STEP, target) - 1}
			for statement in statements:
				frappe.db.sql(statement.format(**span), values)
			frappe.db.commit()  # a bulk load: one transaction per chunk keeps the undo log small
	for table in TABLES:
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
