"""Who pays for a case: judged at intake, before work and for what a visit did; recorded, superseded, never deleted."""

import frappe
import pytest
from frappe.utils import add_days, get_datetime, getdate, nowdate

from support_service.service_charging.decision import by_hand as decisions_by_hand
from support_service.service_charging.decision import words as coverage_words
from support_service.service_charging.doctype.coverage_decision.coverage_decision import (
	DecisionHasOneWriterError,
)
from support_service.service_coverage.contract import contracts
from tests.factories import make_installed_unit, make_item, make_stock_receipt, make_warehouse, unique
from tests.site.coverage_world import (
	LABOUR_RATE,
	PART_RATE,
	TRAVEL_RATE,
	decision_of,
	make_case_on,
	make_contract_for,
	make_price,
	make_terms,
	make_unit_with_warranty,
	results,
	visit_on,
)

ALL = ("Labour", "Travel", "Part")


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	return make_terms()


def part_in_van():
	item, warehouse = make_item().name, make_warehouse().name
	make_price(item, PART_RATE)
	make_stock_receipt(item, warehouse, 5)
	return item, warehouse


def visits_left(contract):
	(source,) = contracts.sources(None, contract.customer, frappe.utils.getdate())
	return next(one.remaining for one in source.entitlements if one.kind == "Visits")


class TestIntake:
	def test_a_new_case_is_judged(self):
		unit = make_unit_with_warranty()
		case = make_case_on(unit)
		doc = decision_of(case)
		assert (doc.stage, doc.status, doc.outcome) == ("Intake", "Current", "Covered")
		assert results(doc) == dict.fromkeys(ALL, "Covered")
		assert case.reload().coverage == "Covered"

	def test_it_says_why(self):
		unit = make_unit_with_warranty(days_left=-10)
		doc = decision_of(make_case_on(unit))
		warranty = frappe.db.get_value("Service Warranty", {"installed_unit": unit.name}, ["name", "ends_on"])
		assert doc.outcome == "Charged"
		assert coverage_words.of_line(doc.lines[0]) == (
			f"Charged: warranty {warranty[0]} expired on {frappe.utils.format_date(warranty[1])}"
		)

	def test_without_unit_nothing_is_judged_until_it_is_known(self):
		unit = make_unit_with_warranty()
		case = make_case_on(frappe._dict(name=None, customer=unit.customer))
		assert decision_of(case) is None
		case.reload().update({"installed_unit": unit.name})
		case.save()
		assert decision_of(case).outcome == "Covered"

	def test_another_unit_is_judged_anew(self):
		covered = make_unit_with_warranty()
		bare = make_installed_unit(customer=covered.customer)
		case = make_case_on(covered)
		case.reload().update({"installed_unit": bare.name})
		case.save()
		doc = decision_of(case)
		assert doc.outcome == "Charged"
		assert frappe.db.get_value("Coverage Decision", doc.supersedes, "status") == "Superseded"

	def test_another_day_is_judged_anew(self):
		"""A call of last week that was entered today: as if its day had been given at once."""
		unit = make_unit_with_warranty(days_left=-30)
		case = make_case_on(unit).reload()
		assert decision_of(case).outcome == "Charged"
		told = add_days(case.raised_on, -60)
		case.update({"raised_on": told}).save()
		doc = decision_of(case)
		assert (doc.outcome, doc.decided_for) == ("Covered", getdate(told))
		at_once = make_case_on(unit, raised_on=told)
		assert results(doc) == results(decision_of(at_once))

	def test_another_hour_of_the_same_day_is_not(self):
		noon = get_datetime(f"{add_days(nowdate(), -2)} 12:00:00")
		case = make_case_on(make_unit_with_warranty(), raised_on=noon).reload()
		decided = case.coverage_decision
		case.update({"raised_on": noon.replace(hour=9)}).save()
		assert case.reload().coverage_decision == decided

	def test_not_where_the_settings_say_no(self):
		frappe.db.set_single_value("Support Service Settings", "decide_at_intake", 0)
		frappe.clear_document_cache("Support Service Settings")
		assert decision_of(make_case_on(make_unit_with_warranty())) is None

	def test_a_failure_does_not_refuse_the_case(self):
		unit = make_unit_with_warranty()
		case = make_case_on(frappe._dict(name=None, customer=unit.customer)).reload()
		# something stands where the decision is to be written
		in_the_way = frappe.get_doc({"doctype": "Coverage Decision", "name": f"{case.name}-C1"})
		in_the_way.db_insert()
		case.installed_unit = unit.name
		case.save()
		assert case.reload().installed_unit == unit.name and not case.coverage
		assert frappe.db.exists("Error Log", {"method": ("like", f"%{case.name}%")})

	def test_a_save_cannot_change_what_was_decided(self):
		case = make_case_on(make_unit_with_warranty()).reload()
		decided = case.coverage_decision
		case.update({"coverage": "Charged", "coverage_decision": None})
		case.save()
		assert (case.reload().coverage, case.coverage_decision) == ("Covered", decided)


class TestBeforeWork:
	def lines(self, item):
		return [
			{"kind": "Labour", "qty": 2},
			{"kind": "Travel", "qty": 1},
			{"kind": "Part", "item_code": item, "qty": 1},
		]

	def test_prices_come_from_the_price_list(self, terms):
		item, _van = part_in_van()
		case = make_case_on(make_installed_unit())
		doc = decisions_by_hand.decide_before_work(case.name, self.lines(item))
		assert [row.rate for row in doc.lines] == [LABOUR_RATE, TRAVEL_RATE, PART_RATE]
		assert [row.item_code for row in doc.lines] == [terms.labour_item, terms.travel_item, item]
		assert doc.total == doc.charged_amount == 2 * LABOUR_RATE + TRAVEL_RATE + PART_RATE
		assert doc.acceptance == "Open"

	def test_an_excluded_cause_is_charged_with_its_reason(self):
		unit = make_unit_with_warranty(exclusions=[{"exclusion": "Misuse", "applies_to": "All"}])
		case = make_case_on(unit)
		item, _van = part_in_van()
		assert decisions_by_hand.known_causes(unit.name, unit.customer, nowdate()) == ["Misuse"]
		with pytest.raises(decisions_by_hand.DecisionInputError):
			decisions_by_hand.decide_before_work(case.name, self.lines(item), cause="Misuse")
		doc = decisions_by_hand.decide_before_work(
			case.name, self.lines(item), cause="Misuse", reason="Water inside"
		)
		assert doc.outcome == "Charged"
		assert "excludes this cause: Misuse" in coverage_words.of_line(doc.lines[0])
		# the visit that follows is judged with the cause that was found
		visit = visit_on(case, arrived_at=add_days(frappe.utils.now_datetime(), -1))
		visit.submit()
		assert decision_of(case).outcome == "Charged"

	def test_it_uses_up_nothing(self):
		unit = make_installed_unit()
		contract = make_contract_for(unit, {"kind": "Visits", "included": 1})
		case = make_case_on(unit)
		item, _van = part_in_van()
		doc = decisions_by_hand.decide_before_work(case.name, self.lines(item))
		assert results(doc) == {"Labour": "Covered", "Travel": "Covered", "Part": "Charged"}
		assert visits_left(contract) == 1


class TestVisit:
	def test_use_up_the_included_visits_and_the_next_is_charged(self):
		unit = make_installed_unit()
		contract = make_contract_for(unit, {"kind": "Visits", "included": 2})
		for left in (1, 0):
			case = make_case_on(unit)
			visit_on(case).submit()
			doc = decision_of(case)
			assert (doc.stage, doc.outcome, doc.charged_amount) == ("Work Done", "Covered", 0)
			assert visits_left(contract) == left
		case = make_case_on(unit)
		visit_on(case).submit()
		doc = decision_of(case)
		assert doc.outcome == "Charged"
		assert doc.charged_amount == LABOUR_RATE + TRAVEL_RATE
		assert "has nothing left of: Visits" in coverage_words.of_line(doc.lines[0])
		assert visits_left(contract) == 0

	def test_a_cancelled_visit_gives_back(self):
		unit = make_installed_unit()
		contract = make_contract_for(unit, {"kind": "Visits", "included": 1})
		case = make_case_on(unit)
		intake = decision_of(case).name
		visit = visit_on(case)
		visit.submit()
		done = decision_of(case).name
		visit.reload().cancel()
		assert visits_left(contract) == 1
		assert frappe.db.get_value("Coverage Decision", done, "status") == "Reversed"
		assert decision_of(case).name == intake
		assert frappe.db.get_value("Coverage Decision", intake, "status") == "Current"

	def test_hours_are_those_worked(self):
		unit = make_installed_unit()
		make_contract_for(unit, {"kind": "Labour Hours", "included": 0.5})
		case = make_case_on(unit)
		visit_on(case, work_minutes=120, visit_type="Remote").submit()
		(row,) = decision_of(case).lines
		assert (row.qty, row.covered_share, row.charge) == (2, 25, 1.5 * LABOUR_RATE)
		assert (row.entitlement, row.entitlement_qty) == ("Labour Hours", 0.5)

	def test_parts_say_who_pays_and_go_to_that_cost_centre(self, terms):
		unit = make_unit_with_warranty()
		item, warehouse = part_in_van()
		visit = visit_on(make_case_on(unit), {"item_code": item, "qty": 1}, warehouse=warehouse)
		visit.submit()
		visit.reload()
		assert (visit.parts[0].coverage, visit.parts[0].covered_share) == ("Covered", 100)
		assert visit.coverage_decision == decision_of(frappe._dict(name=visit.service_request)).name
		center = frappe.db.get_value("Stock Entry Detail", {"parent": visit.stock_entry}, "cost_center")
		assert center == terms.warranty_cost_center

	def test_charged_and_covered_parts_of_one_visit_go_to_different_cost_centres(self, terms):
		unit = make_installed_unit()
		make_contract_for(unit, {"kind": "Parts Value", "included": PART_RATE})
		item, warehouse = part_in_van()
		rows = [{"item_code": item, "qty": 1}, {"item_code": item, "qty": 1}]
		visit = visit_on(make_case_on(unit), *rows, warehouse=warehouse)
		visit.submit()
		assert [row.coverage for row in visit.reload().parts] == ["Covered", "Charged"]
		centers = frappe.get_all(
			"Stock Entry Detail", {"parent": visit.stock_entry}, pluck="cost_center", order_by="idx"
		)
		assert centers[0] == terms.contract_cost_center
		assert centers[1] != terms.contract_cost_center

	def test_a_swapped_board_is_covered_by_its_own_warranty(self):
		unit = make_unit_with_warranty(days_left=-300, part_rule="Own Period", part_months=3)
		item, warehouse = make_item(has_serial_no=1).name, make_warehouse().name
		make_price(item, PART_RATE)
		serials = [unique("SN"), unique("SN")]
		make_stock_receipt(item, warehouse, 2, serial_no="\n".join(serials))
		first = visit_on(
			make_case_on(unit), {"item_code": item, "qty": 1, "serial_nos": serials[0]}, warehouse=warehouse
		)
		first.submit()
		assert first.reload().parts[0].coverage == "Charged"
		second = visit_on(
			make_case_on(unit),
			{
				"item_code": item,
				"qty": 1,
				"serial_nos": serials[1],
				"removed_item_code": item,
				"removed_serial_nos": serials[0],
				"removed_qty": 1,
			},
			warehouse=warehouse,
		)
		second.submit()
		assert second.reload().parts[0].coverage == "Covered"


class TestOverride:
	def done(self):
		unit = make_installed_unit()
		contract = make_contract_for(unit, {"kind": "Visits", "included": 1})
		case = make_case_on(unit)
		visit_on(case).submit()
		return case, contract

	def test_old_new_reason_and_user_stand_on_the_record(self):
		case = make_case_on(make_installed_unit())
		visit_on(case).submit()
		before = decision_of(case)
		line = before.lines[0]
		doc = decisions_by_hand.override(before.name, line.name, 100, "Goodwill")
		row = doc.lines[0]
		assert (row.covered_share, row.rule_share, row.override_reason) == (100, 0, "Goodwill")
		assert row.overridden_by == "Administrator" and row.overridden_on
		assert doc.charged_amount == TRAVEL_RATE
		assert frappe.get_doc("Coverage Decision", before.name).status == "Superseded"
		assert decision_of(case).name == doc.name
		assert "decided by Administrator (Goodwill)" in coverage_words.of_line(row)

	def test_charging_what_was_free_gives_the_visit_back(self):
		case, contract = self.done()
		assert visits_left(contract) == 0
		doc = decision_of(case)
		for line in range(2):
			doc = decisions_by_hand.override(doc.name, doc.lines[line].name, 0, "Not our fault")
		assert doc.charged_amount == LABOUR_RATE + TRAVEL_RATE
		assert visits_left(contract) == 1

	def test_it_holds_for_the_work_that_follows(self):
		case = make_case_on(make_installed_unit())
		doc = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1}])
		decisions_by_hand.override(doc.name, doc.lines[0].name, 100, "Goodwill")
		visit_on(case, work_minutes=60).submit()
		assert results(decision_of(case)) == {"Labour": "Covered", "Travel": "Charged"}

	@pytest.mark.parametrize(("share", "reason"), [(50, " "), (101, "Because"), (-1, "Because")])
	def test_needs_a_reason_and_a_share(self, share, reason):
		doc = decision_of(make_case_on(make_unit_with_warranty()))
		with pytest.raises(decisions_by_hand.DecisionInputError):
			decisions_by_hand.override(doc.name, doc.lines[0].name, share, reason)

	def test_only_the_decision_that_stands(self):
		case = make_case_on(make_unit_with_warranty())
		old = decision_of(case)
		decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1}])
		with pytest.raises(decisions_by_hand.DecisionSettledError):
			decisions_by_hand.override(old.name, old.lines[0].name, 0, "Because")


class TestOneWriter:
	def test_nobody_writes_or_deletes_a_decision(self):
		doc = decision_of(make_case_on(make_unit_with_warranty()))
		doc.outcome = "Charged"
		with pytest.raises(DecisionHasOneWriterError):
			doc.save()
		with pytest.raises(DecisionHasOneWriterError):
			doc.delete()
		with pytest.raises(DecisionHasOneWriterError):
			frappe.get_doc({"doctype": "Coverage Decision", "service_request": doc.service_request}).insert()


class TestTakenBack:
	"""A visit is cancelled: what was decided before its work stands again, and only that."""

	def statuses(self, case):
		rows = frappe.get_all(
			"Coverage Decision",
			filters={"service_request": case.name},
			fields=["stage", "status"],
			order_by="number",
		)
		return [(row.stage, row.status) for row in rows]

	def test_after_a_lead_had_decided_otherwise(self):
		case = make_case_on(make_installed_unit())
		offer = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1, "rate": 10}])
		visit = visit_on(case, work_minutes=60)
		visit.submit()
		done = decision_of(case)
		decisions_by_hand.override(done.name, done.lines[0].name, 100, "Goodwill")
		visit.reload()
		visit.cancel()
		assert self.statuses(case)[1:] == [
			("Before Work", "Current"),
			("Work Done", "Reversed"),
			("Work Done", "Reversed"),
		]
		assert decision_of(case).name == offer.name

	def test_after_another_offer(self):
		case = make_case_on(make_installed_unit())
		decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 1, "rate": 10}])
		visit = visit_on(case, work_minutes=60)
		visit.submit()
		offer = decisions_by_hand.decide_before_work(case.name, [{"kind": "Labour", "qty": 2, "rate": 10}])
		visit.reload()
		visit.cancel()
		assert [row for row in self.statuses(case) if row[1] == "Current"] == [("Before Work", "Current")]
		assert decision_of(case).name == offer.name
