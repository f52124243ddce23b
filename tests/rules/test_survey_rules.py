"""What a survey asks and which answers fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.service_feedback import survey_rules as rules
from support_service.service_feedback.survey_rules import Answer, DoesNotFitError, Limits, Question


@pytest.mark.parametrize("kind", list(rules.SCALES))
def test_a_score_is_a_whole_number_of_its_scale(kind):
	low, high = rules.SCALES[kind]
	for number in range(low, high + 1):
		assert rules.read_answer(0, Question("?", kind), str(number)) == Answer(number, str(number))
	for wrong in (low - 1, high + 1, "x", "1.5", "+1", "１", "1_0", "٣", "1e0", "001"):
		with pytest.raises(DoesNotFitError):
			rules.read_answer(0, Question("?", kind), wrong)


@given(st.text(), st.sampled_from(list(rules.SCALES)))
def test_no_text_at_all_becomes_a_score_outside_its_scale(text, kind):
	try:
		answer = rules.read_answer(0, Question("?", kind), text)
	except DoesNotFitError:
		return
	low, high = rules.SCALES[kind]
	assert answer is None or low <= answer.number <= high


def test_what_must_be_answered_cannot_be_left_out():
	with pytest.raises(DoesNotFitError) as error:
		rules.read_answers(
			[Question("a", rules.WORDS), Question("b", rules.WORDS, mandatory=True)], {0: "x", 1: "  "}
		)
	assert (error.value.question, error.value.missing) == (1, True)


def test_zero_is_an_answer():
	assert rules.read_answer(0, Question("?", rules.RECOMMENDATION, mandatory=True), 0) == Answer(0, "0")


def test_a_choice_is_one_of_those_offered():
	question = Question("?", rules.CHOICE, ("电话", "Mail"))
	assert rules.read_answer(0, question, "电话").answer == "电话"
	with pytest.raises(DoesNotFitError):
		rules.read_answer(0, question, "Fax")


def test_words_are_cut_and_answers_to_other_questions_passed_over():
	found = rules.read_answers([Question("?", rules.WORDS)], {0: "x" * 5000, 7: "nobody asked"})
	assert [len(each.answer) for each in found] == [rules.LONGEST_WORDS]


@pytest.mark.parametrize(
	("kind", "number", "low"),
	[
		(rules.SATISFACTION, 2, True),
		(rules.SATISFACTION, 3, False),
		(rules.RECOMMENDATION, 0, True),
		(rules.RECOMMENDATION, 6, True),
		(rules.RECOMMENDATION, 7, False),
		(rules.EFFORT, 3, True),
		(rules.EFFORT, 4, False),
	],
)
def test_low_is_up_to_the_limit(kind, number, low):
	assert rules.is_low([kind], [Answer(number, str(number))], Limits()) is low


def test_left_out_is_not_low_and_a_limit_below_the_scale_is_none():
	assert not rules.is_low([rules.RECOMMENDATION], [None], Limits())
	assert not rules.is_low([rules.RECOMMENDATION], [Answer(0, "0")], Limits(recommendation=-1))


def test_figures():
	assert rules.recommendation({}) is None
	assert rules.recommendation({10: 3, 9: 1, 8: 4, 0: 2}) == 20
	assert rules.average({5: 1, 2: 2}) == 3
	assert (rules.share(0, 0), rules.share(1, 4)) == (None, 25)
	assert rules.is_small(rules.FEW_ANSWERS - 1) and not rules.is_small(rules.FEW_ANSWERS)


@given(st.dictionaries(st.integers(0, 10), st.integers(1, 1000)))
def test_the_net_promoter_score_lies_between_its_ends(numbers):
	found = rules.recommendation(numbers)
	assert found is None or -100 <= found <= 100
