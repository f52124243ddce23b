"""Who pays, against slow obvious oracles."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations, product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_service.service_charging.rules.decide import decide
from support_service.service_charging.rules.outcome import Result, Why, result_of_all, uses_of
from support_service.service_coverage.vocabulary import Entitlement, Exclusion, Kind, Line, Source, SourceKind

# the machine may be busy
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TODAY = date(2026, 11, 25)
YEAR_END = date(2026, 12, 31)
CAUSES = ["Misuse", "Lightning"]
GROUPS = ["Batteries", "Boards"]


def warranty(name="SW-1", *, until=YEAR_END, starts_on=date(2026, 1, 1), shares=None, **more):
	shares = {kind: 100.0 for kind in Kind} if shares is None else shares
	return Source(SourceKind.WARRANTY, name, starts_on, dict.fromkeys(shares, until), shares, **more)


def contract(name="SC-1", *entitlements, until=YEAR_END, **more):
	return Source(
		SourceKind.CONTRACT,
		name,
		date(2026, 1, 1),
		dict.fromkeys(Kind, until),
		entitlements=entitlements,
		**more,
	)


LABOUR = Line(1, Kind.LABOUR, 2, 200)
TRAVEL = Line(2, Kind.TRAVEL, 1, 60)
BOARD = Line(3, Kind.PART, 1, 900, item="BOARD", item_groups=("Boards", "All"))
WORK = [LABOUR, TRAVEL, BOARD]


def used_by(decided):
	return uses_of(portion for line in decided for portion in line.portions)


class TestExamples:
	def test_a_warranty_covers_all(self):
		decided = decide(WORK, [warranty()], TODAY)
		assert [line.result for line in decided] == [Result.COVERED] * 3
		assert result_of_all(line.result for line in decided) == Result.COVERED
		assert [line.charge for line in decided] == [0, 0, 0]

	def test_its_last_day_is_covered_and_the_next_is_not(self):
		assert decide([BOARD], [warranty()], YEAR_END)[0].result == Result.COVERED
		(after,) = decide([BOARD], [warranty()], YEAR_END + timedelta(days=1))
		assert after.result == Result.CHARGED
		assert [(refusal.why, refusal.detail) for refusal in after.refusals] == [(Why.EXPIRED, YEAR_END)]

	@pytest.mark.parametrize(
		("source", "why", "detail"),
		[
			(warranty(in_force=False, state="Suspended"), Why.NOT_IN_FORCE, "Suspended"),
			(warranty(starts_on=date(2026, 12, 1)), Why.NOT_STARTED, date(2026, 12, 1)),
			(warranty(part="PSU 7"), Why.OTHER_PART, "PSU 7"),
			(warranty(exclusions=(Exclusion("Misuse"),)), Why.EXCLUDED_CAUSE, "Misuse"),
			(warranty(exclusions=(Exclusion("Wear", Kind.PART, "Boards"),)), Why.EXCLUDED_GROUP, "Boards"),
			(warranty(shares={Kind.LABOUR: 100.0}), Why.NOT_INCLUDED, None),
			(contract("SC-1", Entitlement("Visits", 3)), Why.NOT_INCLUDED, None),
			(contract("SC-1", Entitlement("Parts Value", 0)), Why.USED_UP, "Parts Value"),
		],
	)
	def test_why_a_source_does_not_pay(self, source, why, detail):
		(decided,) = decide([BOARD], [source], TODAY, "misuse ")
		assert decided.result == Result.CHARGED
		assert [(refusal.why, refusal.detail) for refusal in decided.refusals] == [(why, detail)]

	def test_an_excluded_cause_holds_only_for_what_it_names(self):
		source = warranty(exclusions=(Exclusion("Misuse", Kind.PART),))
		decided = decide(WORK, [source], TODAY, "Misuse")
		assert [line.result for line in decided] == [Result.COVERED, Result.COVERED, Result.CHARGED]
		assert decide([BOARD], [source], TODAY)[0].result == Result.COVERED

	def test_a_parts_warranty_pays_for_what_replaces_that_part(self):
		source = warranty(part="PSU 7")
		line = Line(1, Kind.PART, 1, 50, replaces="PSU 7")
		assert decide([line], [source], TODAY)[0].result == Result.COVERED

	def test_one_visit_pays_labour_and_travel_once(self):
		decided = decide(WORK, [contract("SC-1", Entitlement("Visits", 1))], TODAY)
		assert [line.result for line in decided] == [Result.COVERED, Result.COVERED, Result.CHARGED]
		assert used_by(decided) == {("SC-1", "Visits"): 1}

	def test_no_visit_is_taken_where_the_warranty_pays(self):
		decided = decide(WORK, [contract("SC-1", Entitlement("Visits", 1)), warranty()], TODAY)
		assert used_by(decided) == {}
		assert [refusal.why for refusal in decided[0].refusals] == [Why.NOT_NEEDED]

	def test_the_next_visit_is_charged_when_they_are_used_up(self):
		decided = decide(WORK, [contract("SC-1", Entitlement("Visits", 0))], TODAY)
		assert [line.result for line in decided] == [Result.CHARGED] * 3
		assert [refusal.why for refusal in decided[0].refusals] == [Why.USED_UP]

	def test_hours_pay_as_far_as_they_go(self):
		(decided,) = decide([LABOUR], [contract("SC-1", Entitlement("Labour Hours", 0.5))], TODAY)
		assert (decided.share, decided.charge, decided.result) == (25.0, 150.0, Result.PARTLY)
		assert used_by([decided]) == {("SC-1", "Labour Hours"): 0.5}

	def test_a_share_of_the_warranty_is_topped_up_by_the_contract(self):
		sources = [contract("SC-1", Entitlement("Parts Value", 500)), warranty(shares={Kind.PART: 80.0})]
		(decided,) = decide([BOARD], sources, TODAY)
		assert [(portion.source, portion.share, portion.used) for portion in decided.portions] == [
			("SW-1", 80.0, 0.0),
			("SC-1", 20.0, 180.0),
		]

	def test_what_ends_first_is_used_first(self):
		sources = [
			contract("SC-1", Entitlement("Visits", 1)),
			contract("SC-2", Entitlement("Visits", 1), until=date(2026, 12, 1)),
		]
		assert used_by(decide(WORK, sources, TODAY)) == {("SC-2", "Visits"): 1}

	def test_a_visit_that_pays_all_is_taken_instead_of_two_that_pay_half(self):
		only_labour = contract(
			"SC-1",
			Entitlement("Visits", 1),
			until=date(2026, 12, 1),
			exclusions=(Exclusion("x", Kind.TRAVEL),),
		)
		both = contract("SC-2", Entitlement("Visits", 1))
		assert used_by(decide(WORK, [only_labour, both], TODAY, "x")) == {("SC-2", "Visits"): 1}

	def test_an_amount_not_known_yet_uses_up_nothing(self):
		line = Line(1, Kind.PART, 1, 0)
		(decided,) = decide([line], [contract("SC-1", Entitlement("Parts Value", 500))], TODAY)
		assert decided.result == Result.COVERED and used_by([decided]) == {}


shares = st.sampled_from([0.0, 25.0, 50.0, 100.0])
ends = st.sampled_from([TODAY - timedelta(days=1), TODAY, YEAR_END])
exclusions = st.lists(
	st.builds(
		Exclusion,
		st.sampled_from(CAUSES),
		st.sampled_from([None, *Kind]),
		st.sampled_from([None, None, *GROUPS]),
	),
	max_size=1,
).map(tuple)
common = {
	"starts_on": st.sampled_from([date(2026, 1, 1), TODAY + timedelta(days=1)]),
	"in_force": st.sampled_from([True, True, True, False]),
	"part": st.sampled_from([None, None, None, "PSU 7"]),
	"exclusions": exclusions,
}
warranties = st.builds(
	Source,
	st.just(SourceKind.WARRANTY),
	st.just(""),
	until=st.fixed_dictionaries(dict.fromkeys(Kind, st.one_of(st.none(), ends))),
	shares=st.fixed_dictionaries(dict.fromkeys(Kind, shares)),
	**common,
)
entitlements = st.lists(
	st.builds(
		Entitlement,
		st.sampled_from(["Visits", "Labour Hours", "Parts Value", "Inspections"]),
		st.one_of(st.none(), st.integers(0, 4).map(float)),
		st.sampled_from([50.0, 100.0]),
	),
	max_size=3,
	unique_by=lambda entitlement: entitlement.kind,
).map(tuple)
contracts = st.builds(
	Source,
	st.just(SourceKind.CONTRACT),
	st.just(""),
	until=ends.map(lambda end: dict.fromkeys(Kind, end)),
	entitlements=entitlements,
	**common,
)


def named(sources):
	return [replace(source, name=f"S-{place}") for place, source in enumerate(sources)]


many_sources = st.lists(st.one_of(warranties, contracts), max_size=4).map(named)
# whole, even sizes: whatever 25 or 50 percent of them leaves can be counted out in halves
about = {
	"item_groups": st.sampled_from([(), ("Boards",), ("Batteries",)]),
	"replaces": st.sampled_from([None, "PSU 7"]),
}


def kinds(kind, sizes):
	"""Lines of a kind; sizes: (qty, amount) to choose from."""
	return st.builds(lambda size, **more: Line(0, kind, *size, **more), st.sampled_from(sizes), **about)


labour = kinds(Kind.LABOUR, [(hours, hours * price) for hours in (0, 2, 4) for price in (1, 2, 3)])
travel = kinds(Kind.TRAVEL, [(1, 4), (2, 8)])
part = kinds(Kind.PART, [(1, 0), (1, 2), (1, 4)])


def numbered(found):
	return [replace(line, no=no) for no, line in enumerate(chain(*found), 1)]


lines_of_work = st.tuples(
	st.lists(labour, max_size=2), st.lists(travel, max_size=1), st.lists(part, max_size=3)
).map(numbered)
causes = st.sampled_from([None, *CAUSES])


class TestAlways:
	@patient
	@given(lines_of_work, many_sources, causes)
	def test_never_over_all_and_never_both_free_and_charged(self, lines, sources, cause):
		for decided in decide(lines, sources, TODAY, cause):
			assert 0 <= sum(portion.share for portion in decided.portions) <= 100 + 1e-6
			assert decided.charge == pytest.approx(decided.line.amount * (100 - decided.share) / 100)
			assert (decided.result == Result.COVERED) == (decided.share == 100)
			assert decided.result != Result.COVERED or decided.charge == 0
			assert all(portion.share > 0 for portion in decided.portions)

	@patient
	@given(lines_of_work, many_sources, causes)
	def test_no_entitlement_falls_below_zero(self, lines, sources, cause):
		left = {
			(source.name, entitlement.kind): entitlement.remaining
			for source in sources
			for entitlement in source.entitlements
		}
		for key, used in used_by(decide(lines, sources, TODAY, cause)).items():
			assert used >= 0
			assert left[key] is None or used <= left[key]
			assert key[1] != "Visits" or used == int(used)

	@patient
	@given(lines_of_work, many_sources, causes, st.randoms())
	def test_the_order_of_sources_does_not_matter(self, lines, sources, cause, random):
		shuffled = list(sources)
		random.shuffle(shuffled)
		assert decide(lines, sources, TODAY, cause) == decide(lines, shuffled, TODAY, cause)

	@patient
	@given(lines_of_work, many_sources, causes)
	def test_more_sources_are_never_worse_for_the_customer(self, lines, sources, cause):
		with_all = sum(decided.charge for decided in decide(lines, sources, TODAY, cause))
		for number in range(len(sources)):
			fewer = sources[:number] + sources[number + 1 :]
			assert with_all <= sum(line.charge for line in decide(lines, fewer, TODAY, cause)) + 1e-6

	@patient
	@given(lines_of_work, many_sources, causes)
	def test_every_source_is_accounted_for(self, lines, sources, cause):
		for decided in decide(lines, sources, TODAY, cause):
			paying = {portion.source for portion in decided.portions}
			refused = [refusal.source for refusal in decided.refusals]
			assert len(refused) == len(set(refused)) and paying.isdisjoint(refused)
			assert paying | set(refused) == {source.name for source in sources}

	@settings(patient, max_examples=200)
	@given(lines_of_work, many_sources, causes)
	def test_nothing_is_more_favourable(self, lines, sources, cause):
		charged = sum(decided.charge for decided in decide(lines, sources, TODAY, cause))
		assert charged == pytest.approx(least_charge(lines, sources, cause))

	@patient
	@given(lines_of_work, many_sources, causes)
	def test_no_visit_is_taken_for_nothing(self, lines, sources, cause):
		"""Without any one source that pays by a visit the customer pays more, or less of the work is covered."""
		decided = decide(lines, sources, TODAY, cause)
		for name, kind in used_by(decided):
			source = next(source for source in sources if source.name == name)
			if kind != "Visits" or _entitlement(source, kind).remaining is None:
				continue
			poorer = [_without_visits(one) if one is source else one for one in sources]
			assert _covered(decide(lines, poorer, TODAY, cause)) < _covered(decided)


def _covered(decided):
	work = [line for line in decided if line.line.kind != Kind.PART]
	return (
		round(sum(line.line.amount * line.share for line in work), 3),
		round(sum((line.line.qty or 1) * line.share for line in work), 3),
	)


def _without_visits(source):
	left = tuple(entitlement for entitlement in source.entitlements if entitlement.kind != "Visits")
	return Source(**{name: getattr(source, name) for name in Source.__slots__} | {"entitlements": left})


def _entitlement(source, kind):
	return next((found for found in source.entitlements if found.kind == kind), None)


# --- the oracle: says in the plainest words when a source pays, and tries every way to share out what is limited


def pays(source, line, cause):
	if not source.in_force or source.starts_on > TODAY:
		return False
	if source.part and source.part != line.replaces:
		return False
	last = source.until[line.kind]
	if last is None or last < TODAY:
		return False
	for exclusion in source.exclusions:
		if exclusion.applies_to and exclusion.applies_to != line.kind:
			continue
		if exclusion.item_group is None and exclusion.cause == cause:
			return False
		if exclusion.item_group and line.kind == Kind.PART and exclusion.item_group in line.item_groups:
			return False
	return True


def least_charge(lines, sources, cause):
	"""What the customer pays at least, by trying everything; amounts of parts and hours are small whole numbers."""
	uncovered = []
	for line in lines:
		free = sum(source.shares.get(line.kind, 0) for source in sources if pays(source, line, cause))
		for source in sources:
			for entitlement in source.entitlements if pays(source, line, cause) else ():
				if entitlement.remaining is None and entitlement.kind in KINDS[line.kind]:
					free += entitlement.share
		uncovered.append(max(0.0, 100.0 - free))
	work = [place for place, line in enumerate(lines) if line.kind != Kind.PART]
	parts = [place for place, line in enumerate(lines) if line.kind == Kind.PART]
	parts_left = sum(lines[place].amount * uncovered[place] / 100 for place in parts)
	return (
		parts_left
		- most_paid(lines, parts, uncovered, sources, cause, "Parts Value")
		+ min(
			work_charge(lines, work, uncovered, sources, cause, chosen)
			for chosen in subsets([source for source in sources if _entitlement(source, "Visits")])
		)
	)


KINDS = {
	Kind.LABOUR: ("Visits", "Labour Hours"),
	Kind.TRAVEL: ("Visits",),
	Kind.PART: ("Parts Value",),
}


def subsets(items):
	return chain.from_iterable(combinations(items, number) for number in range(len(items) + 1))


def work_charge(lines, work, uncovered, sources, cause, visiting):
	needed = max(1, sum(line.qty for line in lines if line.kind == Kind.TRAVEL))
	left = list(uncovered)
	for source in visiting:
		entitlement = _entitlement(source, "Visits")
		if entitlement.remaining is None:
			continue
		taken = min(needed, int(entitlement.remaining))
		for place in work:
			if pays(source, lines[place], cause):
				left[place] = max(0.0, left[place] - entitlement.share * taken / needed)
	charge = sum(lines[place].amount * left[place] / 100 for place in work)
	labour_lines = [place for place in work if lines[place].kind == Kind.LABOUR]
	return charge - most_paid(lines, labour_lines, left, sources, cause, "Labour Hours")


def most_paid(lines, places, left, sources, cause, kind):
	"""The most money that the entitlements of `kind` can pay, over all ways to share them out in quarters."""
	pools = [
		(source, _entitlement(source, kind))
		for source in sources
		if _entitlement(source, kind) and _entitlement(source, kind).remaining is not None
	]
	best = {tuple(entitlement.remaining for _source, entitlement in pools): 0.0}
	for place in places:
		line = lines[place]
		size = line.amount if line.kind == Kind.PART else line.qty
		price = line.amount / size if size else 0.0
		caps = [
			size * entitlement.share / 100 if pays(source, line, cause) else 0.0
			for source, entitlement in pools
		]
		following = {}
		for stock, money in best.items():
			choices = [steps(min(cap, have)) for cap, have in zip(caps, stock, strict=True)]
			for taken in product(*choices):
				if sum(taken) > size * left[place] / 100 + 1e-9:
					continue
				rest = tuple(round(have - part, 6) for have, part in zip(stock, taken, strict=True))
				following[rest] = max(following.get(rest, 0.0), money + price * sum(taken))
		best = following
	return max(best.values())


def steps(most):
	return [number / 2 for number in range(int(most * 2) + 1)]
