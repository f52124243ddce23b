"""One case from the call to the closed survey, played through the functions the screens call, as the people who would."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import frappe
from frappe.utils import flt, fmt_money, now_datetime

from support_service.customer_portal import api as portal_api
from support_service.demo import goods, levels, visits
from support_service.demo.base import DemoNotPossibleError, acting_as, company, keep_messages_here, say
from support_service.demo.customer_data import BY_KEY
from support_service.demo.people import email_of
from support_service.field_service import api as field_api
from support_service.installed_base import fitted_parts
from support_service.service_intake import api as intake_api
from support_service.support_service import api as case_api
from support_service.support_service.messaging import notify

UNIT = "UPS6K-240117"
CUSTOMER = BY_KEY["hospital"]
AGENT, LEAD, ENGINEER = "liu.ting", "zhao.min", "zhang.wei"
FAN, BOARD = "FAN-120", "PWR-BOARD-6K"
WIDTH = 96


@dataclass
class Teller:
	"""Numbers the steps and prints them; remembers the case."""

	case: str = ""
	number: int = 0

	def step(self, who: str, text: str, **facts: str) -> None:
		self.number += 1
		say()
		say(f" {self.number:>2}  {who}")
		for line in textwrap.wrap(text, WIDTH - 5):
			say(f"     {line}")
		if self.case and "Status" not in facts:
			facts["Status"] = frappe.db.get_value("Service Request", self.case, "status")
		for label, value in facts.items():
			say(f"       {label + ' ':.<28} {value}")
		self.commit()

	def commit(self) -> None:
		"""Commit, as each of these people's requests would; messages to invented addresses are skipped."""
		if self.case:
			for row in frappe.get_all(
				"Service Request Move", {"request": self.case, "told": 0}, pluck="name"
			):
				notify.notify(row)
			keep_messages_here([self.case])
		frappe.db.commit()  # the next step is another person's, in a transaction of their own


def play_story() -> str:
	"""Play one new case on the demo data and print it; returns the case's number. Needs `load()` before.

	Agent, lead, engineer and customer each act with their own rights. A fan and then a power board leave the engineer's
	van; where the van has run out, it is filled up first.
	"""
	if not frappe.db.exists("Installed Unit", {"serial_no": UNIT}):
		raise DemoNotPossibleError(
			"The demo data is missing. Run: bench --site SITE execute support_service.demo.load"
		)
	teller = Teller()
	say("=" * WIDTH)
	say(f" A case from the call to the closed survey · {company().name}")
	say("=" * WIDTH)
	_fill_van(teller)
	_call(teller)
	_assign(teller)
	_first_visit(teller)
	_not_satisfied(teller)
	_second_visit(teller)
	_report(teller)
	_satisfied(teller)
	_ending(teller)
	return teller.case


def _fill_van(teller: Teller) -> None:
	van = goods.van_of(ENGINEER)
	if stock(FAN, van) >= 1 and stock(BOARD, van) >= 1:
		return
	store = goods.store_warehouse()
	with acting_as("Administrator"):
		if stock(FAN, store) < 5 or stock(BOARD, store) < 2:
			new = tuple(f"PB6K-{frappe.generate_hash(length=6).upper()}" for _number in range(4))
			goods.receive_into(store, [(FAN, 20, ()), (BOARD, 4, new)])
		entry = goods.transfer(van, [(FAN, 5, ()), (BOARD, 2, goods.serials_in(BOARD, store, 2))])
	teller.step(
		"The store fills up the van",
		"Earlier stories have used up what the engineer carried.",
		**{"Stock Entry": entry.name, **_stock_lines(van)},
	)


def _call(teller: Teller) -> None:
	with acting_as(email_of(AGENT)):
		hit = next(hit for hit in intake_api.look_up(UNIT) if hit["kind"] == "Installed Unit")
		unit = intake_api.unit_card(hit["installed_unit"])["unit"]
		case = intake_api.open_case(
			subject="UPS 1 号过热告警，风扇声音异常",
			description="早上 8 点起每小时告警一次，机柜温度 41 °C。",
			impact="High",
			urgency="High",
			customer=hit["customer"],
			installed_unit=hit["installed_unit"],
			contact=frappe.db.get_value("Contact", {"email_id": CUSTOMER.email}),
			key=frappe.generate_hash(length=20),
		)
	teller.case = case["name"]
	teller.step(
		"刘婷 Liu Ting, service desk: the telephone rings",
		f"{CUSTOMER.contact} of {CUSTOMER.name} reads the serial number {UNIT} from the label. The hotline shows the unit "
		"and its history; a new case takes a subject and two clicks. The hospital's plan promises it times.",
		**{
			"Installed Unit": f"{hit['installed_unit']} · {unit['unit_name']}",
			"Service Request": case["name"],
			"Priority": case["priority"],
			"Queue and team": f"{case['department_queue']} · {case['team']}",
			"Policy": frappe.db.get_value("Service Request", case["name"], "service_level_policy"),
			**_promised(case["name"]),
		},
	)


def _assign(teller: Teller) -> None:
	with acting_as(email_of(LEAD)):
		case_api.move(teller.case, "assign", engineer=visits.engineer_of(ENGINEER))
	todo = frappe.db.get_value(
		"ToDo", {"reference_name": teller.case, "allocated_to": email_of(ENGINEER), "status": "Open"}
	)
	teller.step(
		"赵敏 Zhao Min, After-Sales Lead: assigns",
		"The lead gets a notification, looks at who is free and assigns 张伟 Zhang Wei, who finds the case in his list.",
		Assignment=f"ToDo {todo}",
	)


def _first_visit(teller: Teller) -> None:
	part = {**visits.part_row(ENGINEER, FAN, 1, True), **_taken_out(teller, FAN)}
	_visit(
		teller,
		part,
		findings="机柜风扇转速不足，轴承磨损。",
		work_done="更换 120 mm 风扇一只，温度 20 分钟内降到 33 °C。",
		text="He drives to the hospital, replaces a fan from his van, has the report signed on the tablet and submits it. "
		"Submitting draws the part from real stock and moves the case on.",
	)


def _taken_out(teller: Teller, code: str) -> dict[str, Any]:
	"""The part it replaces: what an earlier story has fitted, else the one the unit was built with."""
	unit = frappe.db.get_value("Service Request", teller.case, "installed_unit")
	inside = [part for part in fitted_parts.inside_now(unit) if part.item_code == code]
	labels = [part.serial_label for part in inside if part.serial_label]
	built_in = f"PB6K-{teller.case[-5:]}-OLD" if code == BOARD else ""
	return {
		"removed_item_code": code,
		"removed_qty": 1,
		"removed_serial_nos": labels[0] if labels else built_in,
	}


def _not_satisfied(teller: Teller) -> None:
	with acting_as(CUSTOMER.email):
		portal_api.answer_survey(teller.case, satisfied=False, score=2, comment="今天上午又告警了两次。")
	teller.step(
		f"{CUSTOMER.contact}, customer: not satisfied",
		"“今天上午又告警了两次。” (It alarmed again twice this morning.) The answer in the portal opens the case again; lead "
		"and engineer are told.",
		**{"Service Survey": _survey(teller.case)},
	)


def _second_visit(teller: Teller) -> None:
	part = {**visits.part_row(ENGINEER, BOARD, 1, True), **_taken_out(teller, BOARD)}
	_visit(
		teller,
		part,
		findings="功率板温度采样漂移，风扇正常仍误报过热。",
		work_done="更换功率板，带载测试 60 分钟无告警。",
		text="Back on site he finds the real cause. The new power board and the old one are recorded with their serial "
		"numbers, so the unit shows what is inside it now.",
	)


def _report(teller: Teller) -> None:
	with acting_as(email_of(ENGINEER)):
		case_api.move(teller.case, "deliver_report")
	teller.step(
		"张伟 Zhang Wei, engineer: hands over the report",
		"The customer has it within the three working days promised; that clock stops.",
	)


def _satisfied(teller: Teller) -> None:
	with acting_as(CUSTOMER.email):
		portal_api.answer_survey(teller.case, satisfied=True, score=5, comment="彻底解决，谢谢！")
	teller.step(
		f"{CUSTOMER.contact}, customer: satisfied",
		"“彻底解决，谢谢！” (Solved for good, thank you!) The case is closed and archived.",
		**{"Service Survey": _survey(teller.case)},
	)


def _visit(teller: Teller, part: dict[str, Any], *, findings: str, work_done: str, text: str) -> None:
	van = goods.van_of(ENGINEER)
	now = now_datetime()
	before = {code: stock(code, van) for code in (FAN, BOARD)}
	with acting_as(email_of(ENGINEER)):
		visit = frappe.get_doc(
			{
				"doctype": "Engineer Visit",
				**field_api.visit_defaults(teller.case),
				"visit_type": "On Site",
				"planned_start": now - timedelta(minutes=90),
				"planned_end": now + timedelta(minutes=30),
				"departed_at": now - timedelta(minutes=95),
				"arrived_at": now - timedelta(minutes=60),
				"left_at": now,
				"travel_minutes": 35,
				"outcome": "Solved",
				"findings": findings,
				"work_done": work_done,
				"parts": [part],
				"signed_by": CUSTOMER.contact,
			}
		).insert()
		visits.sign(visit, CUSTOMER.contact)
		teller.commit()
		visit.submit()
	entry = visit.stock_entry
	cost = fmt_money(visit.parts_cost, currency=company().default_currency)
	moved = {
		f"{code} in the van": f"{before[code]:g} → {stock(code, van):g}"
		for code in (FAN, BOARD)
		if before[code] != stock(code, van)
	}
	serial = {"Serial No": f"{part['serial_nos']} fitted"} if part.get("serial_nos") else {}
	teller.step(
		"张伟 Zhang Wei, engineer: on site",
		text,
		**{"Engineer Visit": visit.name, "Stock Entry": f"{entry} · {cost}", **moved, **serial},
	)


def _ending(teller: Teller) -> None:
	with acting_as(email_of(LEAD)):
		ledger = case_api.movements(teller.case)
	say()
	say("-" * WIDTH)
	say(f" The promises of {teller.case}")
	for promise in levels.promises_of(teller.case):
		due = frappe.utils.format_datetime(promise.due_at, "yyyy-MM-dd HH:mm")
		say(f"   {promise.kind:<24} {promise.target_label:<16} due {due:<20} {promise.state}")
	say("-" * WIDTH)
	say(f" The ledger of {teller.case}")
	for row in ledger:
		arrow = f"{row['from_status'] or '—'} → {row['to_status']}"
		say(f"   {row['label']:<24} {arrow:<30} {row['full_name']}")
	say("-" * WIDTH)
	frappe.db.commit()  # `bench execute` does, other callers need not: a story that was played stays


def _promised(case: str) -> dict[str, str]:
	"""Label → target and due date of every clock that runs."""
	return {
		promise.kind: f"{promise.target_label}, due {frappe.utils.format_datetime(promise.due_at, 'EEE HH:mm')}"
		for promise in levels.promises_of(case, only_open=True)
	}


def stock(code: str, warehouse: str) -> float:
	"""Quantity on hand according to ERPNext's Bin."""
	return flt(frappe.db.get_value("Bin", {"item_code": code, "warehouse": warehouse}, "actual_qty"))


def _stock_lines(van: str) -> dict[str, str]:
	return {f"{code} in the van": f"{stock(code, van):g}" for code in (FAN, BOARD)}


def _survey(case: str) -> str:
	return frappe.db.get_value(
		"Service Survey", {"service_request": case, "status": "Answered"}, order_by="creation desc"
	)
