"""Where a unit stands, against an oracle that plays the days through and forgets what was cancelled."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_service.installed_base.placement_rules import Event, standing

DAY = date(2026, 1, 1)
CANCELLED_BY = {"Delivered": "Delivery Cancelled", "Returned": "Return Cancelled"}


@st.composite
def lives(draw):
	"""Documents in the order of their days: deliveries to one of three customers and returns, some cancelled later."""
	steps, sequence = [], 0
	for number in range(draw(st.integers(1, 8))):
		event = draw(st.sampled_from(["Delivered", "Delivered", "Returned"]))
		reference = ("Delivery Note", f"DN-{number}")
		on = DAY + timedelta(days=number // 2)
		customer = draw(st.sampled_from("ABC"))
		steps.append(Event(event, on, sequence, customer, reference))
		sequence += 1
		if draw(st.booleans()):
			steps.append(Event(CANCELLED_BY[event], on, sequence, customer, reference))
			sequence += 1
	return steps


def played(steps):
	"""(customer, at the customer's, the delivery it stands there by), the slow way: only what was never cancelled."""
	cancelled = [step.reference for step in steps if step.event.endswith("Cancelled")]
	customer, there, by = None, None, None
	for step in steps:
		if step.reference in cancelled:
			continue
		if step.event == "Returned":
			there, customer = False, customer or step.customer
		else:
			if not (by and there and customer == step.customer):
				by = step.reference
			there, customer = True, step.customer
	delivered = any(step.event == "Delivered" for step in steps)
	if there is None:
		there = not delivered
	return customer, there if by or not delivered else False, by


@given(lives())
def test_same_as_playing_the_days_through(steps):
	now = standing(steps)
	assert (now.customer, now.at_customer, now.delivered_by) == played(steps)


@given(lives(), st.randoms())
def test_the_order_of_telling_does_not_matter(steps, random):
	shuffled = list(steps)
	random.shuffle(shuffled)
	assert standing(shuffled) == standing(steps)


@given(lives())
def test_everything_cancelled_is_nowhere(steps):
	cancelled = [
		Event(CANCELLED_BY[step.event], step.on, 100 + number, step.customer, step.reference)
		for number, step in enumerate(steps)
		if step.event in CANCELLED_BY
	]
	now = standing([*steps, *cancelled])
	delivered = any(step.event == "Delivered" for step in steps)
	assert (now.delivered_by, now.at_customer) == (None, not delivered)


def test_a_unit_entered_by_hand_stands_again_when_its_delivery_is_cancelled():
	reference = ("Delivery Note", "DN")
	steps = [
		Event("Created", DAY, 0, "A"),
		Event("Delivered", DAY, 1, "B", reference),
		Event("Transferred", DAY, 1, "B", reference, "A"),
		Event("Delivery Cancelled", DAY, 2, "B", reference),
	]
	assert standing(steps[:3]).customer == "B"
	now = standing(steps)
	assert (now.customer, now.at_customer, now.delivered_by) == ("A", True, None)


def test_an_installation_counts_until_it_is_cancelled():
	reference = ("Installation Note", "IN")
	steps = [Event("Created", DAY, 0, "A"), Event("Installed", DAY, 1, "A", reference)]
	assert standing(steps).installed_on == DAY
	now = standing([*steps, Event("Installation Cancelled", DAY, 2, "A", reference)])
	assert (now.installed_on, now.follows_installations) == (None, True)
