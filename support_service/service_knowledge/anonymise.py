"""Takes what says who the customer is out of a text: names, addresses, numbers. No Frappe.

What is known of the customer is replaced wherever it stands, also in the short forms people use: *Miller* for *Anna Miller*,
王工 for 王伟, *Acme* for *Acme Pumps Ltd*. What only looks like a mail address, a telephone number or an address in a network is
replaced, too. Rather too much than too little: whoever publishes the article reads it first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

CUSTOMER, PERSON, ADDRESS, SERIAL, NUMBER = "customer", "person", "address", "serial number", "number"
MAIL, PHONE, NETWORK = "e-mail address", "telephone number", "network address"

_LEGAL = re.compile(
	r"[\s,.]*\b(?:co\.?,?\s*ltd|ltd|limited|llc|inc|incorporated|corp|corporation|plc|gmbh(?:\s*&\s*co\.?\s*kg)?|mbh|ag|kg|se|s\.?a\.?r?\.?l?\.?"
	r"|b\.?v|oy|ab|as|pty|pte|company|group|holding)\.?$",
	re.I,
)
_CHINESE_LEGAL = re.compile(r"(?:股份有限公司|有限责任公司|有限公司|集团公司|集团|总公司|分公司|公司)$")
_CHINESE_PLACE = re.compile(
	r"^(?:北京|上海|天津|重庆|广州|深圳|杭州|南京|武汉|成都|西安|苏州|青岛|大连|宁波|厦门|长沙|郑州|济南|沈阳|[\u4e00-\u9fff]{2,3}(?:省|市))(?:市)?"
)
_CHINESE_TRADE = re.compile(
	r"(?:信息技术|生物科技|电子科技|网络科技|科技|技术|电子|实业|工业|贸易|商贸|机械|设备|制造|医疗|软件|网络|信息|工程)+$"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_TITLES = "先生|女士|小姐|经理|主任|工程师|老师|师傅|总监|总|工|主管|科长|处长|院长|博士|教授"
_WESTERN_TITLE = r"(?:(?:mr|mrs|ms|dr|prof|herr|frau)\.?\s+)?"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NETWORK = re.compile(
	r"\b(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2}|:\d{1,5})?\b|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b", re.I
)
_PHONE = re.compile(r"(?<![\w.:/-])\+?\(?\d[\d ()/.\-\u2013]{5,}\d(?![\w:/-])")
_DATE = re.compile(
	r"^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{4}[-./]\d{1,2})(?:[ ]\d{1,2})?$"
)
_OUR_NUMBER = re.compile(r"\b[A-Z]{2,4}-\d{4}-\d{3,}\b")
LEAST_DIGITS = 7
# first words of customers' names that are words of every text
_COMMON_WORDS = (
	"the general first city national central united international hospital university north south east west"
)
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Known:
	"""What is known of the customer of a case. kept: words that must stay, as the product's name and number."""

	customers: tuple[str, ...] = ()
	people: tuple[str, ...] = ()
	addresses: tuple[str, ...] = ()
	serials: tuple[str, ...] = ()
	numbers: tuple[str, ...] = ()
	kept: tuple[str, ...] = ()
	words: Mapping[str, str] = field(default_factory=dict)

	def instead_of(self, kind: str) -> str:
		"""What stands in the text instead. words: kind → its word in the reader's language."""
		return f"[{self.words.get(kind, kind)}]"


def anonymised(text: str, known: Known) -> tuple[str, Counter[str]]:
	"""The text without what says who the customer is, and how often what kind of thing was taken out."""
	taken: Counter[str] = Counter()

	def replace(pattern: re.Pattern[str], kind: str, within: str) -> str:
		def instead(match: re.Match[str]) -> str:
			if _is_kept(match.group(), kind, known):
				return match.group()
			taken[kind] += 1
			return known.instead_of(kind)

		return pattern.sub(instead, within)

	for kind, pattern in ((MAIL, _MAIL), (NETWORK, _NETWORK)):
		text = replace(pattern, kind, text)
	for kind, words in _named(known):
		for word in sorted({word for word in words if word}, key=len, reverse=True):
			text = replace(_as_written(word, kind), kind, text)
	text = replace(_OUR_NUMBER, NUMBER, text)
	return replace(_PHONE, PHONE, text), taken


def short_forms(customer: str) -> Iterator[str]:
	"""How people call a customer: the whole name, without its legal form, and the word that tells it from others."""
	name = " ".join((customer or "").split())
	if not name:
		return
	yield name
	if _HAN.search(name):
		core = _CHINESE_LEGAL.sub("", _CHINESE_LEGAL.sub("", name))
		without_place = _CHINESE_PLACE.sub("", core)
		for short in (core, without_place, _CHINESE_TRADE.sub("", without_place)):
			if len(short) > 1:
				yield short
		return
	core = _LEGAL.sub("", _LEGAL.sub("", name)).strip(" ,.")
	if len(core) > 2:
		yield core
	first = core.split()[0] if core else ""
	if len(first) > 3 and first[0].isupper() and first.lower() not in _COMMON:
		yield first


def _named(known: Known) -> Iterator[tuple[str, list[str]]]:
	yield NUMBER, [number for number in known.numbers if len(number) > 3]
	yield SERIAL, [serial for serial in known.serials if len(serial) > 2]
	yield ADDRESS, [line for address in known.addresses for line in _address_lines(address)]
	yield CUSTOMER, [form for customer in known.customers for form in short_forms(customer)]
	yield PERSON, [form for person in known.people for form in _person_forms(person)]


def _address_lines(address: str) -> Iterator[str]:
	for line in re.split(r"[\n,;，；]|<br\s*/?>", address or ""):
		line = line.strip()
		if len(line) > (2 if _HAN.search(line) else 4):
			yield line


def _person_forms(person: str) -> Iterator[str]:
	name = " ".join((person or "").split())
	if not name:
		return
	yield name
	if not _HAN.search(name):
		yield from (part for part in name.split() if len(part) > 2)


def _as_written(word: str, kind: str) -> re.Pattern[str]:
	"""Where `word` stands in a text."""
	if _HAN.search(word):
		# 王工, 王经理: the family name with a title
		with_title = f"|{word[0]}(?:{_TITLES})" if kind == PERSON and 1 < len(word) < 5 else ""
		return re.compile(f"{re.escape(word)}(?:{_TITLES})?{with_title}")
	spaced = r"\s+".join(re.escape(part) for part in word.split())
	bounded = rf"(?<![^\W_]){spaced}(?![^\W_])"
	if kind == PERSON:
		# a name stands with a capital: Bill, and not "the bill"
		capital = "(?=[A-Z\u00c0-\u024f])" if word[0].isupper() else ""
		return re.compile(rf"(?i:{_WESTERN_TITLE})(?<![^\W_]){capital}(?i:{spaced})(?![^\W_])")
	return re.compile(bounded, re.I)


def _is_kept(found: str, kind: str, known: Known) -> bool:
	kept = {word.casefold() for word in known.kept if word}
	if found.casefold() in kept:
		return True
	if kind != PHONE:
		return False
	digits = sum(char.isdigit() for char in found)
	return digits < LEAST_DIGITS or bool(_DATE.match(found.strip())) or any(found in word for word in kept)


def kinds(taken: Iterable[str]) -> list[str]:
	"""The kinds of things taken out, in a fixed order."""
	order = (CUSTOMER, PERSON, ADDRESS, MAIL, PHONE, NETWORK, SERIAL, NUMBER)
	there = set(taken)
	return [kind for kind in order if kind in there]
