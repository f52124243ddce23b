"""Site time and UTC on a site whose clock is set back in autumn."""

from collections.abc import Iterator
from datetime import datetime

import frappe
import pytest
import time_machine

from support_service.foundation import instants

# 25 October 2026, 03:00 summer time, is 02:00 again
FIRST, SECOND = 1792889100, 1792892700  # 00:45 and 01:45 UTC: both read 02:45 in Berlin
READ = datetime(2026, 10, 25, 2, 45)


@pytest.fixture(autouse=True)
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
	monkeypatch.setattr(instants, "get_system_timezone", lambda: "Europe/Berlin")
	yield


def test_both_read_the_same_and_utc_tells_them_apart():
	assert instants.from_utc(FIRST) == instants.from_utc(SECOND) == READ
	assert instants.of_utc_column(instants.utc_column(SECOND)) == SECOND


def test_a_time_read_twice_is_the_first_or_the_nearer():
	assert instants.to_utc(READ) == FIRST
	assert instants.to_utc(READ, near=SECOND + 5) == SECOND
	assert instants.to_utc(READ, near=FIRST + 5) == FIRST


@pytest.mark.parametrize("moment", [FIRST, SECOND])
def test_now_goes_on_while_the_clock_on_the_wall_goes_back(moment):
	with time_machine.travel(moment, tick=False):
		assert instants.now() == moment


def test_nothing_is_nothing():
	assert instants.from_utc(None) is instants.utc_column(None) is instants.of_utc_column(None) is None
	assert frappe.utils.get_system_timezone() != "Europe/Berlin"
