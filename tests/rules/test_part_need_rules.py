"""What a need's quantities mean, where to reserve and what to suggest, against slow and obvious answers."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.service_parts.needs.need_rules import (
	AT_OUR_WAREHOUSE,
	IN_THE_VAN,
	Awaited,
	Figures,
	NeedStatus,
	Store,
	in_packs,
	may_go_on,
	plan,
	share_out,
	status_of,
)
from support_service.service_parts.needs.suggestion_rules import Hint, Source, rank, weight

PIECES = st.integers(0, 6)
ADVANCED = [
	NeedStatus.WANTED,
	NeedStatus.ORDERED,
	NeedStatus.RESERVED,
	NeedStatus.ON_ITS_WAY,
	NeedStatus.IN_VAN,
	NeedStatus.USED,
]


@pytest.mark.parametrize(
	("figures", "status"),
	[
		(Figures(5, in_van=2, in_transit=3), NeedStatus.ON_ITS_WAY),
		(Figures(5, in_van=2, held=3), NeedStatus.RESERVED),
		(Figures(5, in_van=5), NeedStatus.IN_VAN),
		(Figures(5, used=5), NeedStatus.USED),
		(Figures(5, used=4, ordered=1), NeedStatus.ORDERED),
		(Figures(5, held=4), NeedStatus.WANTED),
		(Figures(0.3, held=0.1 + 0.2), NeedStatus.RESERVED),
	],
)
def test_the_whole_quantity_has_got_as_far_as_its_last_piece(figures, status):
	assert status_of(figures) == status
	assert status_of(figures, cancelled=True) == NeedStatus.CANCELLED


@given(wanted=st.integers(1, 6), held=PIECES, in_van=PIECES, in_transit=PIECES, ordered=PIECES, used=PIECES)
def test_piece_by_piece(wanted, held, in_van, in_transit, ordered, used):
	"""Each piece has a status; the need has that of its least advanced piece among the `wanted` most advanced."""
	pieces = [NeedStatus.USED] * used + [NeedStatus.IN_VAN] * in_van + [NeedStatus.ON_ITS_WAY] * in_transit
	pieces += [NeedStatus.RESERVED] * held + [NeedStatus.ORDERED] * ordered + [NeedStatus.WANTED] * wanted
	figures = Figures(wanted, held, in_van, in_transit, ordered, used)
	assert status_of(figures) == min(pieces[:wanted], key=ADVANCED.index)
	assert figures.to_reserve == max(wanted - used - in_van - in_transit - held, 0)
	assert figures.to_order == max(figures.to_reserve - ordered, 0)


STORES = st.lists(
	st.builds(
		Store,
		warehouse=st.sampled_from("ABCDEF"),
		free=st.integers(-2, 5).map(float),
		spoken_for=st.integers(0, 5).map(float),
		is_van=st.booleans(),
		is_parts_store=st.booleans(),
	),
	unique_by=lambda store: store.warehouse,
)


@given(wanted=st.integers(0, 9).map(float), stores=STORES)
def test_as_much_as_there_is_and_never_more_than_is_free(wanted, stores):
	chosen = plan(wanted, stores)
	free = {store.warehouse: store.free for store in stores}
	assert sum(qty for _name, qty in chosen) == min(wanted, sum(max(one, 0) for one in free.values()))
	assert all(0 < qty <= free[name] for name, qty in chosen)
	assert [plan(wanted, order) for order in list(permutations(stores))[:6]] == [chosen] * min(
		6, len(list(permutations(stores)))
	)


def test_the_van_first_then_one_store_that_can_give_all_alone():
	stores = [
		Store("Full but ordered by customers", 9, spoken_for=9),
		Store("Branch", 5),
		Store("Parts Store", 4, is_parts_store=True),
		Store("Van", 1, is_van=True),
	]
	assert plan(4, stores) == [("Van", 1), ("Parts Store", 3)]
	assert plan(6, stores) == [("Van", 1), ("Branch", 5)]
	assert plan(8, stores) == [("Van", 1), ("Parts Store", 4), ("Branch", 3)]
	assert plan(0, stores) == []


@given(drawn=st.integers(0, 9), wants=st.lists(st.integers(0, 4), max_size=5))
def test_what_is_drawn_is_shared_out_in_order(drawn, wants):
	needs = [(f"N{number}", float(want)) for number, want in enumerate(wants)]
	pieces = [name for name, want in needs for _piece in range(int(want))][:drawn]
	expected = {name: pieces.count(name) for name in dict.fromkeys(pieces)}
	assert dict(share_out(float(drawn), needs)) == expected


@pytest.mark.parametrize(
	("needs", "setting", "goes_on"),
	[
		([(NeedStatus.RESERVED, 200)], AT_OUR_WAREHOUSE, True),
		([(NeedStatus.RESERVED, 200)], IN_THE_VAN, False),
		([(NeedStatus.IN_VAN, 200)], IN_THE_VAN, True),
		(
			[(NeedStatus.RESERVED, 50)],
			AT_OUR_WAREHOUSE,
			False,
		),  # was there before: somebody waits for something else
		([(NeedStatus.RESERVED, 200), (NeedStatus.ORDERED, None)], AT_OUR_WAREHOUSE, False),
		([(NeedStatus.RESERVED, 200), (NeedStatus.CANCELLED, None)], AT_OUR_WAREHOUSE, True),
		([(NeedStatus.IN_VAN, 50), (NeedStatus.RESERVED, 100)], AT_OUR_WAREHOUSE, True),
		([(NeedStatus.USED, None)], AT_OUR_WAREHOUSE, False),
		([], AT_OUR_WAREHOUSE, False),
		([(NeedStatus.RESERVED, 200)], "", True),
	],
)
def test_when_a_waiting_case_goes_on(needs, setting, goes_on):
	assert may_go_on([Awaited(*need) for need in needs], 100, setting) is goes_on


@pytest.mark.parametrize(
	("qty", "factor", "expected"),
	[(4, 4, (1, True)), (5, 4, (5, False)), (3, 1, (3, True)), (3, 0, (3, False))],
)
def test_whole_packs(qty, factor, expected):
	assert in_packs(qty, factor) == expected


HINTS = st.lists(
	st.builds(
		Hint,
		item_code=st.sampled_from("PQRST"),
		source=st.sampled_from([Source.EARLIER, Source.INSIDE, Source.BOM]),
		qty=st.integers(1, 3).map(float),
		cases=st.integers(1, 3),
		of_cases=st.integers(3, 6),
		same_type=st.booleans(),
	)
	| st.builds(
		Hint,
		item_code=st.sampled_from("PQRST"),
		source=st.just(Source.ALTERNATIVE),
		instead_of=st.sampled_from("PQR"),
	)
)


@given(hints=HINTS, without=st.sets(st.sampled_from("PQ")))
def test_each_part_once_with_all_reasons_the_weightiest_first(hints, without):
	found = rank(hints, without=without)
	assert {one.item_code for one in found} == {hint.item_code for hint in hints} - without
	assert len(found) == len({one.item_code for one in found})
	for one in found:
		mine = [hint for hint in hints if hint.item_code == one.item_code]
		assert sorted(map(weight, one.hints)) == sorted(map(weight, mine))
		assert one.score == pytest.approx(sum(map(weight, mine)))
	named = [one for one in found if not one.instead_of]
	assert [one.score for one in named] == sorted((one.score for one in named), reverse=True)


def test_what_was_used_before_comes_first_and_a_stand_in_after_its_part():
	found = rank(
		[
			Hint("Seal", Source.BOM),
			Hint("Fan", Source.EARLIER, cases=2, of_cases=4, same_type=True),
			Hint("Fan", Source.BOM, qty=2),
			Hint("Fan XL", Source.ALTERNATIVE, instead_of="Fan"),
			Hint("Board", Source.INSIDE),
		]
	)
	assert [one.item_code for one in found] == ["Fan", "Fan XL", "Board", "Seal"]
	assert [hint.source for hint in found[0].hints] == [Source.EARLIER, Source.BOM]
