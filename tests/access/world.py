"""Two customers, two teams and one person of each kind, with a record of every DocType on both sides.

Side "a": customer A, team A (department After-Sales) with its lead and its engineer. Side "b": customer B and team B
(department Technical Support) with the other engineer. Everything is committed, for the server to see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import frappe
from frappe.utils import add_days, now_datetime, today

from support_service.installed_base import labels
from support_service.service_coverage.contract import uses as contract_uses
from support_service.service_intake.mail import spool
from support_service.support_service.messaging.texts import events
from tests import factories
from tests.http_server import api_token

PERSONAS = (
	"guest",
	"customer_a",
	"customer_b",
	"engineer",
	"other_engineer",
	"agent",
	"lead",
	"manager",
	"nobody",
)
SIDES = ("a", "b")
QUEUES = {"a": "After-Sales", "b": "Technical Support"}
SECRET_COST = 4242.42
SECRET_WORDS = "Only-for-staff-7391"


@dataclass
class World:
	"""users: persona → user. sides: "a"/"b" → names of its master records. records: (DocType, side) → name."""

	users: dict[str, str] = field(default_factory=dict)
	tokens: dict[str, str | None] = field(default_factory=dict)
	sides: dict[str, dict[str, str]] = field(default_factory=dict)
	records: dict[tuple[str, str], str] = field(default_factory=dict)
	files: dict[tuple[str, str], str] = field(default_factory=dict)

	def record(self, doctype: str, side: str) -> str:
		return self.records[doctype, side]

	def fresh(self, doctype: str, side: str) -> str:
		"""One more record of that kind, for a probe that uses it up."""
		name = MAKERS[doctype](self.sides[side])
		frappe.db.commit()  # the server is another connection
		return name


def build() -> World:
	"""Insert and commit the world; a few seconds."""
	world = World()
	for side in SIDES:
		world.sides[side] = _people(side, world.users)
	world.users["agent"] = factories.make_user("Service Desk Agent").name
	world.users["manager"] = factories.make_user("Service Manager").name
	world.users["nobody"] = factories.make_user().name
	for side, masters in world.sides.items():
		for doctype, make in MAKERS.items():
			name = make(masters)
			world.records[doctype, side] = name
			masters[doctype] = name
		for child, parent in (
			("Engineer Visit Part", "Engineer Visit"),
			("Spare Part", "Spare Parts List"),
			("Alert Label Mapping", "Alert Source"),
			("Coverage Decision Line", "Coverage Decision"),
			("Equipment Loan Piece", "Equipment Loan"),
			("Equipment Loan Return", "Equipment Loan"),
			("Removed Part Move", "Removed Part"),
			("Service Chat Message", "Service Chat"),
			("Serial and Batch Entry", "Serial and Batch Bundle"),
			("Installed Software", "Installed Unit"),
			("Service Calendar Window", "Service Calendar"),
			("Service Calendar Break", "Service Calendar"),
			("Service Calendar Change", "Service Calendar"),
			("Service Level Target", "Service Level Policy"),
			("Service Escalation Step", "Service Level Policy"),
			("Service Duty Shift", "Service Team"),
			("Service Contract Unit", "Service Contract"),
			("Service Contract Entitlement", "Service Contract"),
			("Warranty Exclusion", "Warranty Policy"),
			("Van Count Row", "Van Count"),
			("Van Stock List Item", "Van Stock List"),
		):
			world.records[child, side] = frappe.db.get_value(child, {"parent": masters[parent]})
		masters["resolved"] = _resolved_case(masters)
		masters["invoice"] = _row(
			"Sales Invoice",
			company=masters["company"],
			customer=masters["customer"],
			posting_date=today(),
			due_date=today(),
			currency=frappe.get_cached_value("Company", masters["company"], "default_currency"),
			conversion_rate=1,
			docstatus=1,
			service_request=masters["Service Request"],
		)
	_settings(world)
	world.tokens = {"guest": None} | {persona: api_token(user) for persona, user in world.users.items()}
	for user in world.users.values():
		# each of them may use the API, with its own rights
		values = {"client_name": factories.unique("Client"), "user": user, "requests_per_minute": 1_000_000}
		factories.insert("Service API Client", values, {})
	world.users["guest"] = "Guest"
	_attach_files(world)
	for side, masters in world.sides.items():
		masters["own_file"] = _file(
			"Service Request", masters["Service Request"], world.users[f"customer_{side}"]
		).name
		marked = _file("Installed Unit", masters["Installed Unit"], "Administrator")
		marked.db_set("service_shown_to", masters["customer"])
		masters["marked_file"] = marked.name
		masters["label"] = labels.url_of(masters["Installed Unit"])
	frappe.db.commit()
	return world


def _people(side: str, users: dict[str, str]) -> dict[str, str]:
	customer = factories.make_customer().name
	user = users[f"customer_{side}"] = factories.make_customer_user(customer).name
	frappe.db.set_value("Portal User", {"parent": customer, "user": user}, "service_manages_access", 1)
	lead = factories.make_user("After-Sales Lead").name
	team = factories.make_service_team(lead=lead, department_queue=QUEUES[side]).name
	engineer = factories.make_service_engineer(team=team)
	users["engineer" if side == "a" else "other_engineer"] = engineer.user
	if side == "a":
		users["lead"] = lead
	return {
		"customer": customer,
		"customer_user": user,
		"team": team,
		"queue": QUEUES[side],
		"engineer": engineer.name,
		"engineer_user": engineer.user,
		"van": engineer.van_warehouse,
		"item": factories.make_item().name,
		"product": factories.make_item().name,
		"supplier": factories.make_supplier().name,
		"company": factories.company(),
		"warehouse": factories.make_warehouse().name,
		"delivery_note": _row("Delivery Note", company=factories.company(), customer=customer),
	}


def _belongs(doctype: str, name: str, side: dict[str, str], *fields: str) -> str:
	"""Say whose a record is, whatever its controller made of it."""
	values = {
		"customer": side["customer"],
		"team": side["team"],
		"department_queue": side["queue"],
		"engineer": side["engineer"],
		"engineer_user": side["engineer_user"],
	}
	frappe.db.set_value(doctype, name, {fieldname: values[fieldname] for fieldname in fields})
	return name


def _unit(side: dict[str, str]) -> str:
	software = {"software": "Firmware", "version": "2.1", "licence_key": SECRET_WORDS}
	return factories.make_installed_unit(customer=side["customer"], software=[software]).name


def _unit_event(side: dict[str, str]) -> str:
	return frappe.db.get_value("Installed Unit Event", {"installed_unit": side["Installed Unit"]})


def _reading(side: dict[str, str]) -> str:
	return factories.make_unit_reading(
		installed_unit=side["Installed Unit"], meter=factories.unique("Pages")
	).name


def _case(side: dict[str, str]) -> str:
	case = factories.make_service_request(
		customer=side["customer"], department_queue=side["queue"], team=side["team"]
	)
	values = {"status": "In Progress", "routing_reason": SECRET_WORDS}
	frappe.db.set_value("Service Request", case.name, values)
	return _belongs(
		"Service Request",
		case.name,
		side,
		"customer",
		"team",
		"department_queue",
		"engineer",
		"engineer_user",
	)


def _resolved_case(side: dict[str, str]) -> str:
	case = _case(side)
	frappe.db.set_value("Service Request", case, "status", "Resolved")
	return case


def _visit(side: dict[str, str]) -> str:
	case = side.get("Service Request") or _case(side)
	visit = factories.make_engineer_visit(
		service_request=case,
		engineer=side["engineer"],
		parts=[{"item_code": side["item"], "qty": 1, "uom": "Nos"}],
	)
	frappe.db.set_value("Engineer Visit", visit.name, "parts_cost", SECRET_COST)
	costs = {"valuation_rate": SECRET_COST, "amount": SECRET_COST}
	frappe.db.set_value("Engineer Visit Part", visit.parts[0].name, costs)
	return _belongs(
		"Engineer Visit",
		visit.name,
		side,
		"customer",
		"team",
		"department_queue",
		"engineer",
		"engineer_user",
	)


def _row(doctype: str, **values: Any) -> str:
	"""A row of a ledger or outbox, past its one writer: here only its owner matters."""
	doc = frappe.get_doc({"doctype": doctype, **values})
	doc.set_new_name()
	doc.db_insert()
	return doc.name


def _move(side: dict[str, str]) -> str:
	return _row(
		"Service Request Move",
		request=side["Service Request"],
		action="start",
		moved_by="Administrator",
		moved_at=now_datetime(),
		reason=SECRET_WORDS,
	)


def _message(side: dict[str, str]) -> str:
	return _row(
		"Service Message",
		request=side["Service Request"],
		sender="Email",
		recipient="somebody@example.com",
		subject=SECRET_WORDS,
		status="Sent",
		message_key=frappe.generate_hash(length=20),
	)


def _robot(side: dict[str, str]) -> str:
	"""Paused, so that trying it out calls nobody."""
	values = {
		"robot_name": factories.unique("Chat"),
		"kind": "WeCom",
		"customer": side["customer"],
		"webhook_url": f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET_WORDS}",
	}
	name = factories.insert("Service Robot", values, {}).name
	frappe.db.set_value("Service Robot", name, "paused_until", add_days(now_datetime(), 9))
	return name


def _message_template(side: dict[str, str]) -> str:
	"""In use, for an event and a language that has none yet, and in which nobody is written."""
	doctype = "Service Message Template"
	taken = set(frappe.get_all(doctype, fields=["event", "language"], as_list=True))
	languages = frappe.get_all("Language", {"name": ("not in", ("en", "zh"))}, pluck="name", order_by="name")
	event, language = next(pair for pair in product(events.registered(), languages) if pair not in taken)
	values = {"event": event, "language": language, "short_text": SECRET_WORDS}
	return factories.insert(doctype, values, {}).name


def _mailbox(side: dict[str, str]) -> str:
	"""Nobody looks into it for a long time. In use, as Frappe proposes only such in a link field."""
	values = {
		"mailbox_name": factories.unique("Mailbox"),
		"email_id": f"{frappe.generate_hash(length=10)}@ours.example",
		"server": "127.0.0.1",
		"password": SECRET_WORDS,
	}
	name = factories.insert("Service Mailbox", values, {}).name
	frappe.db.set_value("Service Mailbox", name, "next_pull", "2099-01-01 00:00:00", update_modified=False)
	return name


def _mail(side: dict[str, str]) -> str:
	"""One that became a request already, so that nothing is to be done with it."""
	raw = f"Subject: {SECRET_WORDS}\n\n{SECRET_WORDS} {frappe.generate_hash()}".encode()
	return _row(
		"Service Mail",
		request=side["Service Request"],
		mailbox=side["Service Mailbox"],
		subject=SECRET_WORDS,
		state="Processed",
		raw_hash=spool.keep(raw),
		server_key=frappe.generate_hash(length=20),
		content_key=frappe.generate_hash(length=20),
	)


def _survey(side: dict[str, str]) -> str:
	name = _row(
		"Service Survey",
		service_request=side["Service Request"],
		round=frappe.db.count("Service Survey", {"service_request": side["Service Request"]}) + 1,
		status="Open",
		opened_on=now_datetime(),
		token_hash=f"{SECRET_WORDS}-{frappe.generate_hash()}",
		survey_key=frappe.generate_hash(length=20),
	)
	return _belongs("Service Survey", name, side, "customer", "team", "department_queue", "engineer_user")


def _decision(side: dict[str, str]) -> str:
	name = _row(
		"Coverage Decision",
		name=f"{side['Service Request']}-{frappe.generate_hash(length=6)}",
		service_request=side["Service Request"],
		status="Superseded",
		stage="Before Work",
		decision_key=frappe.generate_hash(length=20),
		token_hash=f"{SECRET_WORDS}-{frappe.generate_hash()}",
	)
	_row(
		"Coverage Decision Line",
		parent=name,
		parenttype="Coverage Decision",
		parentfield="lines",
		idx=1,
		kind="Labour",
		qty=1,
	)
	return _belongs("Coverage Decision", name, side, "customer")


def _claim(side: dict[str, str]) -> str:
	return factories.make_supplier_claim(
		supplier=side["supplier"], service_request=side["Service Request"], item_code=side["item"]
	).name


def _loan(side: dict[str, str]) -> str:
	loan = frappe.get_doc(
		{
			"doctype": "Equipment Loan",
			"service_request": side["Service Request"],
			"engineer": side["engineer"],
			"from_date": today(),
			"until_date": add_days(today(), 7),
			"pieces": [{"item_code": side["item"], "qty": 1}],
		}
	).insert()
	_row(
		"Equipment Loan Return",
		parent=loan.name,
		parenttype="Equipment Loan",
		parentfield="returns",
		idx=1,
		state="Undone",
		item_code=side["item"],
		piece=loan.pieces[0].name,
		qty=1,
		charge=SECRET_COST,
	)
	return loan.name


def _loan_entry(side: dict[str, str]) -> str:
	return _row(
		"Equipment Loan Entry",
		loan=side["Equipment Loan"],
		service_request=side["Service Request"],
		action="book",
		made_by="Administrator",
		made_at=now_datetime(),
	)


def _removed_part(side: dict[str, str]) -> str:
	name = _row(
		"Removed Part",
		item_code=side["item"],
		qty=1,
		status="Due",
		disposition="Back to Us",
		due_on=add_days(today(), 14),
		service_request=side["Service Request"],
		engineer_visit=side["Engineer Visit"],
		company=side["company"],
		source_key=frappe.generate_hash(length=20),
	)
	_row(
		"Removed Part Move",
		parent=name,
		parenttype="Removed Part",
		parentfield="history",
		idx=1,
		action="begin",
		to_status="Due",
	)
	return _belongs(
		"Removed Part", name, side, "customer", "team", "department_queue", "engineer", "engineer_user"
	)


def _fitted(side: dict[str, str]) -> str:
	return _row(
		"Fitted Part Entry",
		installed_unit=side["Installed Unit"],
		kind="Fitted",
		item_code=side["item"],
		qty=1,
		happened_at=now_datetime(),
		recorded_by="Administrator",
		voucher_type="Engineer Visit",
		voucher_no=side["Engineer Visit"],
		entry_key=frappe.generate_hash(length=20),
	)


def _warranty_policy(side: dict[str, str]) -> str:
	return factories.make_warranty_policy(exclusions=[{"exclusion": "Misuse", "applies_to": "All"}]).name


def _warranty(side: dict[str, str]) -> str:
	name = _row(
		"Service Warranty",
		installed_unit=side["Installed Unit"],
		policy=side["Warranty Policy"],
		entries=1,  # its Started below
		status="Active",
		starts_on=today(),
		source_key=frappe.generate_hash(length=20),
	)
	return _belongs("Service Warranty", name, side, "customer")


def _warranty_entry(side: dict[str, str]) -> str:
	return _row(
		"Service Warranty Entry",
		warranty=side["Service Warranty"],
		customer=side["customer"],
		installed_unit=side["Installed Unit"],
		no=1,
		event="Started",
		effective_on=today(),
		entry_key=frappe.generate_hash(length=20),
	)


def _channel(side: dict[str, str]) -> str:
	return factories.make_service_channel(factories.unique("Channel"))


def _team(side: dict[str, str]) -> str:
	shift = {
		"engineer": side["engineer"],
		"starts_on": add_days(now_datetime(), 30),
		"ends_on": add_days(now_datetime(), 31),
	}
	return factories.make_service_team(
		lead=side["engineer_user"], department_queue="Pre-Sales", duty=[shift]
	).name


def _calendar(side: dict[str, str]) -> str:
	lunch = {"day": "Every Day", "from_time": "12:00:00", "to_time": "13:00:00"}
	closed = {"from_date": add_days(today(), 30), "to_date": add_days(today(), 31), "reason": "Stocktaking"}
	return factories.make_service_calendar(breaks=[lunch], changes=[closed]).name


def _calendar_version(side: dict[str, str]) -> str:
	return _row(
		"Service Calendar Version",
		name=frappe.generate_hash(length=20),
		calendar=side["Service Calendar"],
		content="{}",
	)


def _policy(side: dict[str, str]) -> str:
	step = {"point": "Percent Used", "value": 80, "whom": "Team Lead", "action": "Desk Notification"}
	return factories.make_service_level_policy(ladder=[step]).name


def _clock(side: dict[str, str]) -> str:
	"""A clock the case has been given: only the app makes them."""
	return frappe.db.get_value(
		"Service Clock", {"request": side["Service Request"], "kind": "Repair Complete"}
	)


def _clock_entry(side: dict[str, str]) -> str:
	return frappe.db.get_value("Service Clock Entry", {"clock": side["Service Clock"], "no": 1})


def _contract_template(side: dict[str, str]) -> str:
	return factories.make_service_contract_template().name


def _contract(side: dict[str, str]) -> str:
	unit = {"installed_unit": side["Installed Unit"]}
	included = [{"kind": "Visits", "unlimited": 1}]
	return factories.make_service_contract(
		customer=side["customer"], all_units=0, units=[unit], entitlements=included
	).name


def _contract_use(side: dict[str, str]) -> str:
	return contract_uses.use(
		side["Service Contract"],
		"Visits",
		1,
		on=frappe.utils.getdate(),
		key=factories.unique("use"),
		reference=("Installed Unit", side["Installed Unit"]),
	)


def _engineer(side: dict[str, str]) -> str:
	return factories.make_service_engineer(team=side["team"], active=0).name


def _bundle(side: dict[str, str]) -> str:
	entry = side.setdefault(
		"stock_entry",
		_row(
			"Stock Entry",
			company=side["company"],
			purpose="Material Issue",
			engineer_visit=side["Engineer Visit"],
		),
	)
	bundle = _row(
		"Serial and Batch Bundle",
		company=side["company"],
		item_code=side["item"],
		type_of_transaction="Outward",
		voucher_type="Stock Entry",
		voucher_no=entry,
	)
	_row(
		"Serial and Batch Entry",
		parent=bundle,
		parenttype="Serial and Batch Bundle",
		parentfield="entries",
		idx=1,
		qty=-1,
	)
	return bundle


def _need(side: dict[str, str]) -> str:
	return factories.make_part_need(service_request=side["Service Request"], item_code=side["item"]).name


def _reservation(side: dict[str, str]) -> str:
	"""One that has ended, so that nothing is kept from anybody."""
	return _row(
		"Part Reservation",
		part_need=side["Part Need"],
		service_request=side["Service Request"],
		item_code=side["item"],
		qty=1,
		ended_as="Released",
	)


def _alert_source(side: dict[str, str]) -> str:
	row = {"label": "instance", "value": "host-1", "customer": side["customer"]}
	values = {
		"source_name": factories.unique("source").replace(" ", "-"),
		"run_as": side["engineer_user"],
		"customer": side["customer"],
		"mappings": [row],
	}
	return factories.insert("Alert Source", values, {}).name


def _alert(side: dict[str, str]) -> str:
	return _row(
		"Service Alert",
		source=side["Alert Source"],
		title=SECRET_WORDS,
		state="Firing",
		progress="Done",
		service_request=side["Service Request"],
		alert_key=frappe.generate_hash(length=40),
	)


def _chat(side: dict[str, str]) -> str:
	name = _row(
		"Service Chat",
		service_request=side["Service Request"],
		state="Ended",
		opened_by=side["customer_user"],
		agent=side["engineer_user"],
		opened_on=now_datetime(),
	)
	_row(
		"Service Chat Message",
		parent=name,
		parenttype="Service Chat",
		parentfield="messages",
		idx=1,
		kind="Notice",
		notice=SECRET_WORDS,
		message_key=frappe.generate_hash(length=40),
	)
	return name


def _call_log(side: dict[str, str]) -> str:
	values = {
		"id": factories.unique("call"),
		"from": "17",
		"to": "18",
		"type": "Incoming",
		"status": "Completed",
	}
	return factories.insert("Call Log", values, {}).name


def _call(side: dict[str, str]) -> str:
	"""The call that the event of a Call Log has made, with what people add to one."""
	name = frappe.db.get_value("Service Call", {"call_log": _call_log(side)})
	values = {
		"customer": side["customer"],
		"service_request": side["Service Request"],
		"note": SECRET_WORDS,
	}
	frappe.db.set_value("Service Call", name, values)
	return name


def _call_back(side: dict[str, str]) -> str:
	return _row(
		"Service Call Back",
		number="17",
		state="Done",
		assigned_to=side["engineer_user"],
		customer=side["customer"],
		service_request=side["Service Request"],
		note=SECRET_WORDS,
	)


def _api_client(side: dict[str, str]) -> str:
	side["spare_user"] = factories.make_user("Customer").name
	values = {"client_name": factories.unique("Client"), "user": factories.make_user("Customer").name}
	return factories.insert("Service API Client", values, {"customer": side["customer"]}).name


def _api_answer(side: dict[str, str]) -> str:
	return _row(
		"Service API Answer",
		client=side["Service API Client"],
		path="create_request",
		status_code=201,
		answer=SECRET_WORDS,
	)


def _webhook(side: dict[str, str]) -> str:
	values = {
		"webhook_name": factories.unique("Webhook"),
		"url": "https://hooks.example.com/",
		"secret": SECRET_WORDS,
		"customer": side["customer"],
		"active": 0,
	}
	return factories.insert("Service Webhook", values, {}).name


def _webhook_delivery(side: dict[str, str]) -> str:
	return _row(
		"Service Webhook Delivery",
		webhook=side["Service Webhook"],
		service_request=side["Service Request"],
		event="visit.done",
		status="Sent",
		payload=SECRET_WORDS,
		delivery_key=frappe.generate_hash(length=40),
	)


def _takeover_run(side: dict[str, str]) -> str:
	"""A run that names nothing to take over, and an Issue, which only ERPNext's own roles may read."""
	if "issue" not in side:
		values = {"subject": SECRET_WORDS, "customer": side["customer"]}
		side["issue"] = factories.insert("Issue", values, {}).name
	return factories.make_takeover_run().name


def _takeover_finding(side: dict[str, str]) -> str:
	return _row(
		"Takeover Finding",
		run=side["Takeover Run"],
		source_doctype="Customer",
		source_name=side["customer"],
		outcome="Skipped",
		reason=SECRET_WORDS,
		entry_key=frappe.generate_hash(length=20),
	)


def _postponed_work(side: dict[str, str]) -> str:
	return _row(
		"Postponed Work",
		work=factories.unique("Start the clocks of a request"),
		reference_doctype="Service Request",
		reference_name=side["Service Request"],
		attempts=1,
		next_try=frappe.utils.now_datetime(),
		error=SECRET_WORDS,
	)


def _van_count(side: dict[str, str]) -> str:
	name = _row(
		"Van Count",
		engineer=side["engineer"],
		engineer_user=side["engineer_user"],
		team=side["team"],
		warehouse=side["van"],
		company=side["company"],
		status="Discarded",
		difference_value=SECRET_COST,
	)
	_row(
		"Van Count Row",
		parent=name,
		parenttype="Van Count",
		parentfield="rows",
		idx=1,
		item_code=side["item"],
		valuation_rate=SECRET_COST,
	)
	return name


def _van_handover(side: dict[str, str]) -> str:
	return _row(
		"Van Handover",
		from_engineer=side["engineer"],
		from_user=side["engineer_user"],
		from_team=side["team"],
		warehouse=side["van"],
		status="Cancelled",
	)


def _van_stock_list(side: dict[str, str]) -> str:
	row = {"item_code": side["item"], "min_qty": 1, "max_qty": 2}
	values = {"list_name": factories.unique("List"), "items": [row]}
	return factories.insert("Van Stock List", values, {}).name


# in the order in which they need one another
MAKERS = {
	"Installed Unit": _unit,
	"Service Request": _case,
	"Engineer Visit": _visit,
	"Service Request Move": _move,
	"Service Message": _message,
	"Service Robot": _robot,
	"Service Message Template": _message_template,
	"Service Mailbox": _mailbox,
	"Service Mail": _mail,
	"Portal Invitation": lambda side: _row(
		"Portal Invitation",
		customer=side["customer"],
		email=f"{frappe.generate_hash(length=8)}@example.com",
		full_name=SECRET_WORDS,
		status="Open",
		invited_by=side["customer_user"],
		expires_on=add_days(now_datetime(), 9),
	),
	"Service Survey": _survey,
	"Coverage Decision": _decision,
	"Supplier Claim": _claim,
	"Equipment Loan": _loan,
	"Equipment Loan Entry": _loan_entry,
	"Removed Part": _removed_part,
	"Part Need": _need,
	"Part Reservation": _reservation,
	"Spare Parts List": lambda side: factories.make_spare_parts_list(side["item"]).name,
	"Fitted Part Entry": _fitted,
	"Warranty Policy": _warranty_policy,
	"Service Warranty": _warranty,
	"Service Warranty Entry": _warranty_entry,
	"Installed Unit Event": _unit_event,
	"Unit Reading": _reading,
	"Service Calendar": _calendar,
	"Service Calendar Version": _calendar_version,
	"Service Level Policy": _policy,
	"Service Contract Template": _contract_template,
	"Service Contract": _contract,
	"Service Contract Use": _contract_use,
	"Service Clock": _clock,
	"Service Clock Entry": _clock_entry,
	"Service Channel": _channel,
	"Service Team": _team,
	"Service Engineer": _engineer,
	"Van Count": _van_count,
	"Van Handover": _van_handover,
	"Van Stock List": _van_stock_list,
	"Alert Source": _alert_source,
	"Service Alert": _alert,
	"Service Chat": _chat,
	"Service Call": _call,
	"Service Call Back": _call_back,
	"Service API Client": _api_client,
	"Service API Answer": _api_answer,
	"Service Webhook": _webhook,
	"Service Webhook Delivery": _webhook_delivery,
	"Takeover Run": _takeover_run,
	"Takeover Finding": _takeover_finding,
	"Postponed Work": _postponed_work,
	"Serial and Batch Bundle": _bundle,
}
SETTINGS = "Support Service Settings"
SETTINGS_TABLES = {
	"Service Priority Rule": ("priority_rules", {"impact": "Low", "urgency": "Low", "priority": "Low"}),
	"Service Routing Rule": ("routing_rules", {"department_queue": "After-Sales"}),
	"Service Company Default": ("company_defaults", {}),
	"Removed Part Rule": ("removed_part_rules", {"item_group": "Products"}),
}


def _settings(world: World) -> None:
	"""The settings have one record: it stands on both sides, and so does a row of each of its tables."""
	for doctype, (fieldname, values) in SETTINGS_TABLES.items():
		name = frappe.db.get_value(doctype, {"parent": SETTINGS}) or _row(
			doctype,
			parent=SETTINGS,
			parenttype=SETTINGS,
			parentfield=fieldname,
			idx=1,
			**(values or {"company": factories.company()}),
		)
		for side in SIDES:
			world.records[doctype, side] = name
	for side in SIDES:
		world.records[SETTINGS, side] = SETTINGS


def _attach_files(world: World) -> None:
	for (doctype, side), name in list(world.records.items()):
		if doctype not in MAKERS:
			continue
		world.files[doctype, side] = _file(doctype, name, "Administrator").file_url


def _file(doctype: str, name: str, owner: str) -> Any:
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{frappe.generate_hash(length=10)}.txt",
			"attached_to_doctype": doctype,
			"attached_to_name": name,
			"is_private": 1,
			"content": f"file of {name} {frappe.generate_hash()}",
		}
	).insert(ignore_permissions=True)
	file.db_set("owner", owner)
	return file
