"""What is inside a unit, against a slow and obvious oracle."""

from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support_service.installed_base.fitting_rules import FITTED, REMOVED, Entry, inside, item_inside

START = datetime(2026, 1, 1)

# the machine may be busy with the tests beside these
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

moves = st.lists(
	st.tuples(
		st.sampled_from([FITTED, REMOVED]),
		st.sampled_from(["fan", "board"]),
		st.one_of(st.none(), st.sampled_from(["S1", "S2", "S3"])),
		st.integers(1, 3),
	),
	max_size=14,
)


def entries(rows) -> list[Entry]:
	return [
		Entry(
			name=str(number),
			kind=kind,
			item_code=item,
			qty=1 if serial else qty,
			happened_at=START + timedelta(days=number),
			sequence=number,
			serial_label=serial,
			voucher_no=f"V{number}",
		)
		for number, (kind, item, serial, qty) in enumerate(rows)
	]


def counted(parts) -> dict[tuple[str, str | None], float]:
	found: dict[tuple[str, str | None], float] = {}
	for part in parts:
		found[(part.item_code, part.serial_label)] = (
			found.get((part.item_code, part.serial_label), 0) + part.qty
		)
	return found


@patient
@given(moves)
def test_counts_like_a_bag(rows):
	bag: dict[tuple[str, str | None], float] = {}
	for row in entries(rows):
		key = (row.item_code, row.serial_label)
		if row.kind == FITTED:
			bag[key] = 1 if row.serial_label else bag.get(key, 0) + row.qty
		else:
			bag[key] = max(0, bag.get(key, 0) - row.qty)
	assert counted(inside(entries(rows))) == {key: qty for key, qty in bag.items() if qty}


@patient
@given(moves, st.randoms())
def test_the_order_of_reading_does_not_matter(rows, random):
	ledger = entries(rows)
	shuffled = ledger[:]
	random.shuffle(shuffled)
	assert inside(shuffled) == inside(ledger)


@patient
@given(moves, st.integers(0, 13))
def test_a_reversed_row_leaves_no_trace(rows, number):
	ledger = entries(rows)
	if number >= len(ledger):
		return
	undone = ledger[number]
	reversal = Entry(
		"R", REMOVED, undone.item_code, undone.qty, START + timedelta(days=99), 99, reversal_of=undone.name
	)
	assert inside([*ledger, reversal]) == inside([row for row in ledger if row is not undone])


def test_a_removal_takes_the_oldest_first():
	ledger = entries([(FITTED, "fan", None, 2), (FITTED, "fan", None, 1), (REMOVED, "fan", None, 2)])
	(left,) = inside(ledger)
	assert (left.voucher_no, left.qty) == ("V1", 1)


def test_a_serial_inside_under_another_item_is_found():
	parts = inside(entries([(FITTED, "fan", "S1", 1)]))
	assert item_inside(parts, "S1", "board") == "fan"
	assert item_inside(parts, "S2", "board") == "board"
