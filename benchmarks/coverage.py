"""A coverage decision: reading what may pay for a unit, and deciding three lines of work; nothing is written.

Every unit has a warranty that covers 80 % of parts and no travel, and its customer a contract with visits and parts value,
so that both are read and both pay. `coverage`: against one `frappe.db.get_value` of a unit's customer on the same site with
200,000 units, warranties and 5,000 contracts. `coverage-growth`: the same with 2,000 units (and 50 contracts) on the site,
each divided by the get_value of its own phase, which cancels the machine's drift between the two.
"""

import random

import frappe
from frappe.utils import getdate

from benchmarks.coverage_scale import clear, grow_to
from benchmarks.harness import Result, pairs, size
from support_service.service_charging.decision import decisions
from support_service.service_charging.decision.lines import Work
from support_service.service_charging.rules.outcome import uses_of
from support_service.service_coverage.vocabulary import Kind
from tests.factories import company, make_warranty_policy, unique

SMALL = {"units": size("COVERAGE_SMALL", 2_000, 100), "contracts": 50}
LARGE = {"units": size("COVERAGE_LARGE", 200_000, 1_000), "contracts": size("COVERAGE_CONTRACTS", 5_000, 100)}
CUSTOMERS = 5_000
BATCH = 20  # decisions in one timed operation, for one is too short to time well
WORKS = (
	Work(Kind.LABOUR, 2, rate=100),
	Work(Kind.TRAVEL, 1, rate=50),
	Work(Kind.PART, 1, rate=400, item_groups=("All Item Groups", "Products")),
)


def run() -> list[Result]:
	clear()
	policy = make_warranty_policy(
		policy_name=unique("Bulk"), exclusions=[{"exclusion": "Misuse", "applies_to": "All"}]
	)
	masters = {"company": company(), "item": policy.item, "policy": policy.name, "customers": CUSTOMERS}
	small = _measure(SMALL, masters)
	large = _measure(LARGE, masters)
	growth = Result(
		name="coverage-growth",
		ours=large.ours,
		peer=small.ours,
		ratio=round(large.ratio / small.ratio, 3),
		unit="ms",
		n=large.n,
		extra={"units": [SMALL["units"], LARGE["units"]], "control_ms": [small.peer, large.peer]},
	)
	return [large, growth]


def _measure(size: dict[str, int], masters: dict) -> Result:
	grow_to(**size, **masters)
	day = getdate()
	# the customers of the first contracts, so that every unit measured has one
	numbers = [number for number in range(size["units"]) if number % CUSTOMERS < size["contracts"]]
	chooser = random.Random(1)
	_check(numbers[0], day)

	def some() -> list[tuple[str, str]]:
		chosen = [chooser.choice(numbers) for _turn in range(BATCH)]
		return [(f"COVU-{number:07d}", f"COVC-{number % CUSTOMERS}") for number in chosen]

	def ours():
		pairs_of = some()
		return lambda: [decisions.who_pays(WORKS, unit, customer, day) for unit, customer in pairs_of]

	def peer():
		pairs_of = some()
		return lambda: [
			frappe.db.get_value("Installed Unit", unit, "customer") for unit, _customer in pairs_of
		]

	result = pairs("coverage", ours, peer, n=100, warmup=20, after=frappe.db.rollback, statements_per=BATCH)
	result.ours, result.peer = round(result.ours / BATCH, 4), round(result.peer / BATCH, 4)
	result.extra.update(size)
	return result


def _check(number: int, day) -> None:
	"""What is measured is what it says: both sources are read and pay."""
	decided = decisions.who_pays(WORKS, f"COVU-{number:07d}", f"COVC-{number % CUSTOMERS}", day)
	assert [line.share for line in decided] == [100, 100, 100], decided
	uses = uses_of(portion for line in decided for portion in line.portions)
	assert {kind for _contract, kind in uses} == {"Visits", "Parts Value"}, uses
