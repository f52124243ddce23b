"""Fill the site in bulk with units, their warranties and service contracts, all in real tables with what hangs on them.

The rows are made inside the database (MariaDB's sequence tables), because the load itself is not what is measured.
"""

import frappe
from frappe.utils import add_days, nowdate

from benchmarks.cleared import take_away

STEP = 20_000
TABLES = (
	"Installed Unit",
	"Service Warranty",
	"Service Warranty Entry",
	"Service Contract",
	"Service Contract Unit",
	"Service Contract Entitlement",
	"Service Contract Use",
)

UNITS = """
insert into `tabInstalled Unit` (name, creation, modified, owner, modified_by, unit_name, serial_label, item_code, customer,
	customer_name, company, state, delivered_on)
select concat('COVU-', lpad(seq, 7, '0')), %(now)s, %(now)s, 'Administrator', 'Administrator', concat('Bulk unit ', seq),
	concat('COVSN-', seq), %(item)s, concat('COVC-', seq mod %(customers)s), concat('Bulk customer ', seq mod %(customers)s),
	%(company)s, 'In Service', %(start)s
from seq_{start}_to_{end}"""

# covers 80 % of parts, so that a decision goes on to the contract
WARRANTIES = """
insert into `tabService Warranty` (name, creation, modified, owner, modified_by, installed_unit, unit_name, item_code,
	serial_label, status, customer, company, policy, starts_on, ends_on, parts_until, labour_until, share_parts,
	share_labour, settled_on, entries, source_key)
select concat('COVW-', lpad(seq, 7, '0')), %(now)s, %(now)s, 'Administrator', 'Administrator',
	concat('COVU-', lpad(seq, 7, '0')), concat('Bulk unit ', seq), %(item)s, concat('COVSN-', seq), 'Active',
	concat('COVC-', seq mod %(customers)s), %(company)s, %(policy)s, %(start)s, %(until)s, %(until)s, %(until)s, 80, 100,
	%(start)s, 1, concat('COVW-', seq)
from seq_{start}_to_{end}"""

ENTRIES = """
insert into `tabService Warranty Entry` (name, creation, modified, owner, modified_by, warranty, installed_unit, no, event,
	effective_on, starts_on, parts_until, labour_until, share_parts, share_labour, entry_key)
select concat('COVE-', lpad(seq, 7, '0')), %(now)s, %(now)s, 'Administrator', 'Administrator',
	concat('COVW-', lpad(seq, 7, '0')), concat('COVU-', lpad(seq, 7, '0')), 1, 'Started', %(start)s, %(start)s, %(until)s,
	%(until)s, 80, 100, concat('COVE-', seq)
from seq_{start}_to_{end}"""

CONTRACTS = """
insert into `tabService Contract` (name, creation, modified, owner, modified_by, docstatus, title, customer, customer_name,
	company, status, start_date, end_date, all_units, uses)
select concat('COVS-', lpad(seq, 6, '0')), %(now)s, %(now)s, 'Administrator', 'Administrator', 1, concat('Bulk ', seq),
	concat('COVC-', seq mod %(customers)s), concat('Bulk customer ', seq mod %(customers)s), %(company)s, 'Active', %(start)s,
	%(until)s, 1, 4
from seq_{start}_to_{end}"""

ENTITLEMENTS = """
insert into `tabService Contract Entitlement` (name, creation, modified, owner, docstatus, parent, parenttype, parentfield,
	idx, kind, included, per, share)
select concat('COVT-', lpad(seq, 6, '0'), kind.no), %(now)s, %(now)s, 'Administrator', 1,
	concat('COVS-', lpad(seq, 6, '0')), 'Service Contract', 'entitlements', kind.no, kind.name, 50000, 'Whole Term', 100
from seq_{start}_to_{end} join (select 1 no, 'Visits' name union all select 2, 'Parts Value') kind"""

USES = """
insert into `tabService Contract Use` (name, creation, modified, owner, contract, kind, period_start, qty, used_on, entry_key)
select concat('COVS-', lpad(seq, 6, '0'), '-', use_no.no), %(now)s, %(now)s, 'Administrator',
	concat('COVS-', lpad(seq, 6, '0')), use_no.kind, %(start)s, 1, %(start)s, concat('COVX-', seq, '-', use_no.no)
from seq_{start}_to_{end} join (select 1 no, 'Visits' kind union all select 2, 'Visits' union all
	select 3, 'Parts Value' union all select 4, 'Parts Value') use_no"""


def clear() -> None:
	"""Take away what an earlier measurement has filled in: a small site must be small."""
	take_away(TABLES, "COV")


def grow_to(units: int, contracts: int, *, customers: int, company: str, item: str, policy: str) -> None:
	"""Make sure so many units with a warranty each, and contracts each for all units of a customer, exist."""
	values = {
		"now": frappe.utils.now_datetime(),
		"company": company,
		"item": item,
		"policy": policy,
		"customers": customers,
		"start": add_days(nowdate(), -100),
		"until": add_days(nowdate(), 265),
	}
	groups = (
		(
			frappe.db.count("Installed Unit", {"name": ("like", "COVU-%")}),
			units,
			(UNITS, WARRANTIES, ENTRIES),
		),
		(
			frappe.db.count("Service Contract", {"name": ("like", "COVS-%")}),
			contracts,
			(CONTRACTS, ENTITLEMENTS, USES),
		),
	)
	frappe.db.sql("set session max_statement_time = 0")  # some reads of the desk leave a limit in the session
	for have, target, statements in groups:
		for start in range(have, target, STEP):
			span = {"start": start, "end": min(start + STEP, target) - 1}
			for statement in statements:
				frappe.db.sql(statement.format(**span), values)
			frappe.db.commit()  # a bulk load: one transaction per chunk keeps the undo log small
	for table in TABLES:
		frappe.db.sql_ddl(f"analyze table `tab{table}`")
