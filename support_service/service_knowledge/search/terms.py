"""What is searched for in a text: its words, Chinese characters two by two, and model numbers however they are written. No Frappe.

The database holds an article as a list of *terms*, made of plain letters and digits, so that its full text index neither breaks
them up nor leaves them out, whatever its settings for short words, stop words and collations:

- `wpump`: a word of an alphabet, without capitals, accents and English endings (*pumps*, *pumping*);
- `c88fd4f5c`: two characters that stand side by side in a language that is written without spaces (製作), and `c88fd`, each of
  them alone: it says less, but 手腕 and 腕部 have one in common.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WORD, UNSPACED = "w", "c"
ANY_ENDING = "*"
MOST_LETTERS = 60  # of one term
MOST_TERMS = 8000  # of one article
# how often a term of the title, and one of what else stands at the top, counts
IN_TITLE, IN_HEAD = 4, 2
LONGEST_MODEL, MOST_PARTS = 30, 5

_PIECES = re.compile(r"[^\W_]+")
# a single character of a longer run is worth less; of two, only both together mean anything
SINGLE, LEAST_WITH_SINGLES = 1.0, 3
_BETWEEN = frozenset("-_/.·—–")  # between the parts of one number
# scripts without spaces between words: Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese
_UNSPACED = re.compile(
	"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
	"\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# English endings, and how many letters a word keeps at least without them
_ENDINGS = (("ing", 3), ("ed", 3), ("ion", 4), ("ly", 4), ("ish", 5))
_VOWEL = re.compile("[aeiouy]")

# words that say nothing of what is looked for; a search made of nothing else uses them all the same
_STOP_TEXT = """
	cannot come comes go goes keep keeps without a about after again all also am an and any are as at be because been before being but by can could did
	do does doing don down during each for from get gets got had has have he her here him his how i if in
	into is isn it its just me more most my no nor not now of off on once only or other our out over own
	please same she should so some such than that the their them then there these they this those to too
	under until up very was we were what when where which while who why will with would you your
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())
_STOP_PAIRS = (
	"怎么",
	"么办",
	"怎样",
	"如何",
	"什么",
	"为什",
	"么会",
	"请问",
	"是否",
	"可以",
	"一下",
	"我们",
	"你们",
	"这个",
)

_STOP_CHARACTERS = frozenset(
	"的了是在有和就不都也很到说要去会着没看好自这那个一么吗呢吧啊又把被给跟对上下里来得地们我你他她它怎什为"
)


@dataclass(frozen=True, slots=True)
class Group:
	"""One thing that was asked for. terms: every way in which it may stand in an article → how much finding it so is worth.

	word: as it was typed, for a word of an alphabet without digits whose spelling may be wrong; else empty.
	said: whether it says something of what is looked for. hint: it only helps to tell which of two answers is better.
	"""

	terms: tuple[tuple[str, float], ...]
	word: str = ""
	said: bool = True
	hint: bool = False


@dataclass(frozen=True, slots=True)
class _Piece:
	"""A run of letters and digits, and what stands before it since the last run."""

	text: str
	before: str


def plain(text: str) -> str:
	"""`text` with full-width forms, ligatures, capitals and accents levelled."""
	letters: list[str] = []
	for char in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text or "").casefold()):
		if unicodedata.combining(char) and letters and letters[-1] < "\u0250":
			continue
		letters.append(char)
	return unicodedata.normalize("NFC", "".join(letters))


def stem(word: str) -> str:
	"""An English word without plural, *-ing*, *-ed*, *-ion*, *-ly*, *-ish* and final *-e*; anything else as it is."""
	if len(word) < 4 or not (word.isascii() and word.isalpha()):
		return word
	word = _without_plural(word)
	for ending, letters in _ENDINGS:
		root = word.removesuffix(ending)
		if root != word and len(root) >= letters and _VOWEL.search(root):
			word = root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz" else root
			break
	return word[:-1] if len(word) > 4 and word.endswith("e") else word


def _without_plural(word: str) -> str:
	if word.endswith("ies") and len(word) > 4:
		return word[:-3] + "y"
	if word.endswith(("sses", "shes", "ches", "xes")):
		return word[:-2]
	if word.endswith("s") and not word.endswith(("ss", "us", "is")):
		return word[:-1]
	return word


def word_term(word: str) -> str:
	"""The term of one word of an alphabet."""
	return (WORD + "".join(char if char.isascii() else f"u{ord(char):x}" for char in stem(word)))[
		:MOST_LETTERS
	]


def document_terms(title: str, head: Iterable[str] = (), body: Iterable[str] = ()) -> str:
	"""All terms of an article in one text, those of the title and of what else stands at the top repeated."""
	found: list[str] = []
	for times, texts in ((IN_TITLE, (title,)), (IN_HEAD, head), (1, body)):
		for text in texts:
			found += [term for term in _terms(text) for _ in range(times)]
			if len(found) >= MOST_TERMS:
				return " ".join(found[:MOST_TERMS])
	return " ".join(found)


def query_groups(text: str, *, unfinished: bool = False) -> list[Group]:
	"""What somebody asks for who types `text`, each thing once.

	unfinished: they are still typing, so that the last word may be the beginning of one.
	"""
	pieces = _pieces(text)
	groups: list[Group] = []
	index = 0
	while index < len(pieces):
		if _UNSPACED.fullmatch(pieces[index].text):
			groups += _unspaced_groups(pieces[index].text)
			index += 1
			continue
		run = _model_run(pieces, index)
		groups += _spaced_groups(run, last=unfinished and index + len(run) == len(pieces))
		index += len(run)
	groups = list(dict.fromkeys(groups))
	return [group for group in groups if group.said] or groups


def _terms(text: str) -> Iterator[str]:
	pieces = _pieces(text)
	for index, piece in enumerate(pieces):
		if _UNSPACED.fullmatch(piece.text):
			yield from (_code(pair) for pair in _pairs(piece.text))
			yield from (_code(character) for character in piece.text)
			continue
		yield word_term(piece.text)
		# XR-200 and XR 200 stand there as xr200, too
		run = _model_run(pieces, index)
		if len(run) > 1:
			joined = "".join(part.text for part in run)
			if len(joined) <= LONGEST_MODEL:
				yield word_term(joined)
			if len(run) > 2:
				yield word_term(run[0].text + run[1].text)


def _pieces(text: str) -> list[_Piece]:
	"""Runs of letters and digits in their order, divided where the script changes."""
	levelled, found, end = plain(text), [], 0
	for match in _PIECES.finditer(levelled):
		before, end = levelled[end : match.start()], match.end()
		for part in _by_script(match.group()):
			found.append(_Piece(part, before))
			before = ""
	return found


def _by_script(run: str) -> Iterator[str]:
	start = 0
	for match in _UNSPACED.finditer(run):
		if match.start() > start:
			yield run[start : match.start()]
		yield match.group()
		start = match.end()
	if start < len(run):
		yield run[start:]


def _model_run(pieces: list[_Piece], index: int) -> list[_Piece]:
	"""The pieces from `index` on that together are one number or name: XR-200, XR 200, E-mail; else the one piece."""
	run = [pieces[index]]
	for piece in pieces[index + 1 : index + MOST_PARTS]:
		if _UNSPACED.fullmatch(piece.text):
			break
		if piece.before in _BETWEEN or (
			piece.before == " " and len(run) == 1 and _letters_and_number(run[0], piece)
		):
			run.append(piece)
		else:
			break
	return run


def _letters_and_number(one: _Piece, two: _Piece) -> bool:
	"""XR 200, 24 V: few letters beside something with digits, and no ordinary word (*of 200*)."""
	for letters, number in ((one.text, two.text), (two.text, one.text)):
		if letters.isalpha() and len(letters) <= 3 and number[0].isdigit() and letters not in _STOP_WORDS:
			return True
	return False


def _spaced_groups(run: list[_Piece], *, last: bool) -> list[Group]:
	has_digit = any(char.isdigit() for part in run for char in part.text)
	if len(run) == 1 or not has_digit:
		return [_word_group(part.text, last=last and part is run[-1]) for part in run]
	joined = "".join(part.text for part in run)
	terms = {word_term(joined): 1.0}
	if last:
		terms[word_term(joined) + ANY_ENDING] = 0.9
	if len(run) > 2:
		terms.setdefault(word_term(run[0].text + run[1].text), 0.8)
	# the number without the letters, or the letters without the number: less sure
	for part in run:
		if len(part.text) > 1:
			terms.setdefault(word_term(part.text), 0.25)
	return [Group(tuple(terms.items()))]


def _word_group(word: str, *, last: bool) -> Group:
	terms = {word_term(word): 1.0}
	if last and len(word) > 1:
		terms[WORD + word_term(word)[1:] + ANY_ENDING] = 0.8
	spelled = word if word.isascii() and word.isalpha() else ""
	return Group(tuple(terms.items()), word=spelled, said=word not in _STOP_WORDS)


def _unspaced_groups(run: str) -> Iterator[Group]:
	if len(run) == 1:
		yield Group(((_code(run), 1.0),))
		return
	for pair in _pairs(run):
		yield Group(((_code(pair), 1.0),), said=pair not in _STOP_PAIRS)
	if len(run) >= LEAST_WITH_SINGLES:
		for character in run:
			yield Group(((_code(character), SINGLE),), said=character not in _STOP_CHARACTERS, hint=True)


def _pairs(run: str) -> list[str]:
	return [run[index : index + 2] for index in range(len(run) - 1)]


def _code(characters: str) -> str:
	return UNSPACED + "".join(f"{ord(char):04x}" for char in characters)
