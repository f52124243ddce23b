"""What may still be billed, over any history of decisions of a case."""

from hypothesis import given
from hypothesis import strategies as st

from support_service.service_charging.rules.charge import Charge, owed, same_work

OFFER = Charge("C1", 400, done=False, stands=True)


def charge(name, amount, *, done=True, stands=True, before=None):
	return Charge(name, amount, done, stands, before)


def test_one_decision():
	assert owed([OFFER], {}, "C1") == 400
	assert owed([OFFER], {"C1": 150.10}, "C1") == 249.9
	assert owed([OFFER], {"C1": 500}, "C1") == 0
	assert owed([OFFER], {"C1": -50}, "C1") == 400  # credited more than was billed


def test_the_offer_and_the_work_are_the_same():
	before, done = charge("C1", 400, done=False, stands=False), charge("C2", 300, before="C1")
	assert owed([before, done], {"C1": 100}, "C2") == 200
	assert owed([before, done], {"C2": 300}, "C1") == 100
	assert owed([before, done], {"C1": 400}, "C2") == 0


def test_two_visits_of_one_offer():
	before = charge("C1", 400, done=False, stands=False)
	charges = [before, charge("C2", 200, before="C1"), charge("C3", 200)]
	assert owed(charges, {}, "C2") == owed(charges, {}, "C3") == 200
	assert owed(charges, {"C1": 100}, "C2") == 200
	assert owed(charges, {"C1": 100, "C2": 200}, "C3") == 100


def test_another_offer_is_about_other_work():
	charges = [
		charge("C1", 400, done=False, stands=False),
		charge("C2", 400, before="C1"),
		charge("C3", 90, done=False, stands=False),
		charge("C4", 90, before="C3"),
	]
	assert owed(charges, {"C1": 400}, "C2") == 0
	assert owed(charges, {"C1": 400}, "C4") == 90


def test_work_that_was_taken_back():
	charges = [charge("C1", 180, stands=False), charge("C2", 180)]
	assert owed(charges, {}, "C1") == 0
	assert owed(charges, {"C1": 180}, "C2") == 0
	assert owed(charges, {}, "C1", given_back=True) == 180


@st.composite
def histories(draw):
	"""Decisions of a case as decision_store makes them: each takes the place of one that stands, or of none."""
	charges: list[Charge] = []
	for number in range(draw(st.integers(1, 6))):
		done = draw(st.booleans())
		standing = [one for one in charges if one.stands and (done or not one.done)]
		before = draw(st.sampled_from([*standing, None])) if standing else None
		charges = [
			Charge(one.name, one.charged, one.done, False, one.before) if one is before else one
			for one in charges
		]
		amount = draw(st.integers(0, 50000)) / 100
		charges.append(Charge(f"C{number}", amount, done, True, before.name if before else None))
	return charges


@given(histories(), st.data())
def test_billing_no_more_than_is_owed_never_exceeds(charges, data):
	billed: dict[str, float] = {}
	for _step in range(6):
		name = data.draw(st.sampled_from(charges)).name
		left = owed(charges, billed, name)
		if left:
			cents = data.draw(st.integers(1, round(left * 100)))
			billed[name] = round(billed.get(name, 0) + cents / 100, 2)
	by_name = {one.name: one for one in charges}
	assert all(amount <= by_name[name].charged for name, amount in billed.items())
	first = same_work(charges)
	for head in set(first.values()):
		same = [one for one in charges if first[one.name] == head]
		together = sum(billed.get(one.name, 0) for one in same)
		# never more than the most expensive way to have charged this work
		offers = [one.charged for one in same if not one.done]
		work = sum(one.charged for one in same if one.done and one.stands)
		assert round(together, 2) <= round(max([work, *offers]), 2)


@given(histories())
def test_all_work_that_stands_can_be_billed_to_the_cent(charges):
	billed: dict[str, float] = {}
	for one in charges:
		if one.done and one.stands:
			billed[one.name] = owed(charges, billed, one.name)
			assert billed[one.name] == one.charged
	assert all(owed(charges, billed, one.name) == 0 for one in charges if one.done)
