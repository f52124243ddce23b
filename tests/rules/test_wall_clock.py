"""Time zones: which there are, and when their clocks change."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest

from support_service.service_level.calendar.wall_clock import (
	SPAN,
	UnknownZoneError,
	offsets,
	zone_names,
	zone_of,
)


def utc(text: str) -> int:
	return int(datetime.fromisoformat(text + "+00:00").timestamp())


@pytest.mark.parametrize("name", ["UTC", "Asia/Shanghai", "Europe/Berlin", "America/Argentina/Salta"])
def test_zones_to_choose_from(name):
	assert name in zone_names()
	assert zone_of(name).key == name


@pytest.mark.parametrize("wrong", ["Mars/Olympus", "", "../etc/passwd", "Europe/", "Asia"])
def test_unknown_zones(wrong):
	with pytest.raises(UnknownZoneError):
		zone_of(wrong)


@pytest.mark.parametrize(
	("zone", "moment", "before", "after"),
	[
		("Europe/Berlin", "2026-03-29 01:00", 1, 2),
		("Europe/Berlin", "2026-10-25 01:00", 2, 1),
		("America/New_York", "2026-03-08 07:00", -5, -4),
		("Australia/Lord_Howe", "2026-04-04 15:00", 11, 10.5),
		("Pacific/Apia", "2011-12-30 10:00", -10, 14),
	],
)
def test_the_change_of_the_clock_is_found_to_the_second(zone, moment, before, after):
	stretches = offsets(zone, utc(moment) // SPAN)
	at = next(n for n, (low, _, _) in enumerate(stretches) if low == utc(moment))
	assert (stretches[at - 1][2], stretches[at][2]) == (before * 3600, after * 3600)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "Africa/Casablanca"])
def test_stretches_leave_no_gap(zone):
	for index in range(30, 70):
		stretches = offsets(zone, index)
		assert stretches[0][0] == index * SPAN and stretches[-1][1] == (index + 1) * SPAN
		assert all(a[1] == b[0] for a, b in pairwise(stretches))
