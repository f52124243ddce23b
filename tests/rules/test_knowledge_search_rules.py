"""What a search finds, without a database: terms, spelling and order."""

import string
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.service_knowledge.search import ranking, spelling, terms
from support_service.service_knowledge.search.ranking import Candidate

words = st.text(string.ascii_lowercase, min_size=1, max_size=10)


def found(search: str, *titles: str, unfinished: bool = False) -> list[str]:
	"""The titles that `search` finds, best first."""
	articles: Counter[str] = Counter()
	for title in titles:
		articles.update(set(terms.document_terms(title).split()))
	groups = terms.query_groups(search, unfinished=unfinished)
	weight = ranking.weights(groups, articles, len(titles))
	candidates = [Candidate(title, terms.document_terms(title)) for title in titles]
	return [name for name, _score, _share in ranking.ranked(candidates, groups, weight)]


@pytest.mark.parametrize(
	"search", ["製作", "何製作", "如何製", "如何", "作", "form", "1a", "FORM 1A", "如何製作 form 1a"]
)
def test_words_inside_a_chinese_title(search):
	assert found(search, "如何製作 form 1a") == ["如何製作 form 1a"]


def test_other_characters_are_other_words():
	assert found("默想", "默认") == []
	assert found("默认", "默认") == ["默认"]
	assert found("製作", "制作") == []


@pytest.mark.parametrize("typed", ["XR-200", "xr200", "XR 200", "xr_200", "XR/200", "ＸＲ－２００", "xr-200"])
@pytest.mark.parametrize("written", ["XR-200", "XR200", "Xr 200", "XR.200"])
def test_a_model_number_however_it_is_written(typed, written):
	assert (
		found(typed, f"Pump {written} leaks", "Pump XR-300 leaks", "Pump YR-200 leaks")[0]
		== f"Pump {written} leaks"
	)


def test_another_model_is_another_model():
	assert found("xr200", "Pump XR-300 leaks", "Pump XR-2000 leaks") == []


@pytest.mark.parametrize(
	"search",
	["sdf-", "max@muster.de", '"', "+", '"+-*@()<>~', "+(", "", "   ", "%", "_", "\\", "'", "\x00", "😀"],
)
def test_signs_are_no_orders_to_the_database(search):
	for group in terms.query_groups(search, unfinished=True):
		for term, _worth in group.terms:
			assert term.removesuffix("*").isalnum() and term.isascii()
	assert found(search, "Something else") == []


@given(st.text(max_size=60))
def test_terms_are_plain_letters_and_digits(text):
	for term in terms.document_terms(text).split():
		assert term.isascii() and term.isalnum() and term == term.lower()
	for group in terms.query_groups(text, unfinished=True):
		assert all(term.removesuffix("*").isalnum() and term.isascii() for term, _worth in group.terms)


@given(st.text(min_size=1, max_size=40))
def test_a_title_finds_itself(text):
	groups = terms.query_groups(text)
	assert found(text, text) == ([text] if groups else [])


@pytest.mark.parametrize(
	("one", "two"),
	[
		("pumps", "pump"),
		("leaking", "leaks"),
		("stopped", "stopping"),
		("batteries", "battery"),
		("closing", "close"),
		("Öl", "ol"),
	],
)
def test_endings_and_accents_make_no_difference(one, two):
	assert terms.word_term(terms.plain(one)) == terms.word_term(terms.plain(two))


def test_the_beginning_of_a_word_finds_while_somebody_types():
	assert found("printer pap", "Printer has no paper", unfinished=True) == ["Printer has no paper"]
	assert found("pap", "Printer has no paper") == []


@pytest.mark.parametrize("wrong", ["presure", "pressrue", "pressire", "ppressure", "pressur"])
def test_typing_errors(wrong):
	stem = terms.stem("pressure")
	assert stem in spelling.meant(terms.stem(wrong), [stem, "press", "printer"]) or terms.stem(wrong) == stem


def test_short_words_and_numbers_are_not_corrected():
	assert spelling.meant("fan", ["van", "fun"]) == {}
	assert spelling.meant("xr200", ["xr300"]) == {}


def test_words_inside_words():
	assert list(spelling.inside("pump", ["hochdruckpumpe", "pump", "fan", "pumpe"])) == [
		"pumpe",
		"hochdruckpumpe",
	]


def slow_distance(one: str, two: str) -> int:
	"""The same without any short cut."""
	table = [[max(i, j) if not (i and j) else 0 for j in range(len(two) + 1)] for i in range(len(one) + 1)]
	for i in range(1, len(one) + 1):
		for j in range(1, len(two) + 1):
			table[i][j] = min(
				table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != two[j - 1])
			)
			if i > 1 and j > 1 and one[i - 1] == two[j - 2] and one[i - 2] == two[j - 1]:
				table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
	return table[-1][-1]


@given(words, words, st.integers(0, 3))
def test_distance_against_the_whole_table(one, two, most):
	assert spelling.distance(one, two, most) == min(slow_distance(one, two), most + 1)


def test_title_before_text_and_proved_before_unproved():
	groups = terms.query_groups("pump leaks")
	weight = [1.0] * len(groups)
	in_text = terms.document_terms("Something", (), ("The pump leaks.",))
	in_title = terms.document_terms("Pump leaks")
	order = ranking.ranked(
		[
			Candidate("text", in_text),
			Candidate("title", in_title),
			Candidate("proved", in_title, solved=5, helpful=3),
		],
		groups,
		weight,
	)
	assert [name for name, _score, _share in order] == ["proved", "title", "text"]
	other = ranking.ranked(
		[Candidate("a", in_title, solved=5), Candidate("b", in_title, fits=ranking.SAME_ITEM)], groups, weight
	)
	assert other[0][0] == "b"


def test_a_long_text_asks_for_what_says_most():
	groups = terms.query_groups("pump motor gear valve")
	articles = {"wpump": 900, "wmotor": 5, "wgear": 10, "wvalv": 800}
	assert ranking.chosen_terms(groups, articles, most_rows=100, most_terms=10) == ["wmotor", "wgear"]
