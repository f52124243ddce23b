"""Which descriptions of faults are of the same fault."""

import pytest

from support_service.service_feedback.problems.likeness import MAY_BE, SAME, groups, likeness, ranked, terms

SAME_FAULT = [
	(
		"Fan stops after ten minutes",
		"The fan stopped after 10 minutes, temperature alarm",
		"Cooling fan stops",
	),
	("Paper jam in tray 2", "Paper jams at tray 2 again", "Tray 2: jam of paper"),
	("电源模块过热保护", "电源模块过热，自动保护关机", "过热保护，电源模块停机"),
	(
		"XR-200 loses network after firmware 4.1",
		"Network lost on XR200 since firmware 4.1",
		"xr200 network loss, firmware 4.1",
	),
]
OTHERS = [
	"Display stays dark",
	"Needs a new battery",
	"屏幕不亮",
	"打印头堵塞",
	"Password forgotten",
	"Noise from the compressor",
]


@pytest.mark.parametrize("told", SAME_FAULT)
def test_the_same_fault_told_by_three_people_is_one(told):
	faults = {number: terms(text) for number, text in enumerate([*told, *OTHERS])}
	found = groups(faults, 2)
	assert found and set(found[0]) <= {0, 1, 2} and len(found) == 1


def test_other_faults_are_none():
	assert groups({number: terms(text) for number, text in enumerate(OTHERS)}, 2) == []


def test_words_of_every_report_make_nothing_alike():
	assert likeness(terms("The device does not work, please help"), terms("Machine not working again")) == 0
	assert likeness(terms("设备出现故障"), terms("机器出现问题")) < MAY_BE


def test_markup_says_nothing():
	assert terms("<p class='ql-fan'>Fan&nbsp;noise</p>") == terms("fan noise")


def test_a_chain_of_half_alike_reports_is_no_group():
	chain = {n: frozenset({f"a{n}", f"a{n + 1}"}) for n in range(6)}
	assert all(len(group) <= 2 for group in groups(chain, 1))


def test_empty_texts_are_like_nothing():
	assert likeness(terms(None, ""), terms("")) == 0
	assert groups({1: terms(""), 2: terms("")}, 2) == []


def test_the_likest_comes_first_and_the_rest_is_left_out():
	known = {
		"noise": [terms("noise of the fan")],
		"jam": [terms("printer stops"), terms("paper jam in tray 2")],
		"tray": [terms("paper tray")],
		"silent": [],
	}
	assert [key for key, _alike in ranked(terms("Paper jam, tray 2"), known, SAME)] == ["jam", "tray"]
