"""The glossary says what the app says: its Chinese words are those of the translation."""

import re
from collections import defaultdict

import pytest
from babel.messages.pofile import read_po

from tests.rules.test_layers import PACKAGE, REPO

ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def rows() -> list[tuple[str, ...]]:
	text = (REPO / "docs" / "glossary.md").read_text()
	return [row for row in ROW.findall(text) if row[0] != "English"]


def translations() -> dict[str, set[str]]:
	found: dict[str, set[str]] = defaultdict(set)
	with (PACKAGE / "locale" / "zh.po").open("rb") as file:
		for message in read_po(file):
			if isinstance(message.id, str) and message.string:
				found[message.id].add(str(message.string))
	return found


def test_every_word_has_one_meaning() -> None:
	words = [english.casefold() for english, _chinese, _meaning in rows()]
	assert len(words) > 80
	assert sorted(words) == sorted(set(words))


@pytest.mark.parametrize("part", ["Chinese", "sentence"])
def test_every_word_has_its(part: str) -> None:
	for english, chinese, meaning in rows():
		if part == "Chinese":
			assert re.search("[\u4e00-\u9fff]", chinese), english
		else:
			assert meaning.endswith((".", "…")) and ". " not in meaning.rstrip("."), english


def test_chinese_words_are_those_of_the_app() -> None:
	known = translations()
	wrong = [
		f"{english}: {chinese}, but the app says {' or '.join(sorted(known[english]))}"
		for english, chinese, _meaning in rows()
		if english in known and chinese not in known[english]
	]
	assert not wrong, "\n".join(wrong)
