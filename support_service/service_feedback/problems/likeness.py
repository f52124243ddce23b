"""How alike two faults are described, in English and Chinese: a share of common terms. Frappe-free.

English words are compared without their endings, Chinese text by pairs of characters, model numbers without hyphens. Words that
stand in every report say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from html import unescape
from typing import TypeVar

TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[a-z0-9]+(?:[-_./][a-z0-9]+)*")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
ENDINGS = ("ingly", "edly", "ing", "ed", "es", "s")
SHORTEST_STEM = 3
# what is described the same to this share is the same fault; the first request says less than its report
SAME, MAY_BE = 0.45, 0.25

SAYS_NOTHING = frozenset(
	[
		"a",
		"an",
		"and",
		"are",
		"as",
		"at",
		"be",
		"been",
		"but",
		"by",
		"can",
		"cannot",
		"could",
		"did",
		"do",
		"does",
		"doesn",
		"don",
		"for",
		"from",
		"get",
		"got",
		"had",
		"has",
		"have",
		"he",
		"her",
		"his",
		"i",
		"if",
		"in",
		"is",
		"it",
		"its",
		"me",
		"my",
		"no",
		"not",
		"of",
		"off",
		"on",
		"or",
		"our",
		"out",
		"she",
		"so",
		"that",
		"the",
		"their",
		"them",
		"then",
		"there",
		"they",
		"this",
		"to",
		"too",
		"up",
		"us",
		"was",
		"we",
		"were",
		"what",
		"when",
		"where",
		"which",
		"while",
		"who",
		"will",
		"with",
		"would",
		"you",
		"your",
		"again",
		"after",
		"before",
		"since",
		"still",
		"always",
		"never",
		"device",
		"machine",
		"unit",
		"problem",
		"fault",
		"error",
		"issue",
		"broken",
		"work",
		"works",
		"working",
		"please",
		"help",
		"customer",
	]
)
SAYS_NOTHING_CHINESE = frozenset(
	(
		"设备",
		"机器",
		"故障",
		"问题",
		"出现",
		"无法",
		"不能",
		"我们",
		"客户",
		"现场",
		"发现",
		"进行",
		"使用",
		"工作",
		"一个",
		"已经",
	)
)

Key = TypeVar("Key", bound=Hashable)


def terms(*texts: str | None) -> frozenset[str]:
	"""What `texts`, HTML or plain, have to say."""
	found: set[str] = set()
	for text in texts:
		plain = unescape(TAG.sub(" ", text or "")).lower()
		for word in WORD.findall(plain):
			bare = re.sub(r"[-_./]", "", word)
			if bare not in SAYS_NOTHING and len(bare) > 1:
				found.add(_stem(bare))
		for run in CHINESE.findall(plain):
			pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
			found.update(pair for pair in pairs if pair not in SAYS_NOTHING_CHINESE)
	return frozenset(found)


def _stem(word: str) -> str:
	if any(sign.isdigit() for sign in word):
		return word
	for ending in ENDINGS:
		if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
			return word[: -len(ending)]
	return word


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
	"""0 (nothing in common) to 1 (the same terms); 0 where one of them says nothing. Twice what is common, of both."""
	if not one or not other:
		return 0.0
	return 2 * len(one & other) / (len(one) + len(other))


def groups(faults: Mapping[Key, frozenset[str]], least: int) -> list[list[Key]]:
	"""Keys of faults that are the same, in their order, in groups of `least` or more. Each joins the group that it is most like,
	by the average over the group, so that a chain of half-alike reports is no group."""
	found: list[list[Key]] = []
	for key, said in faults.items():
		best, most = None, SAME
		for group in found:
			alike = sum(likeness(said, faults[member]) for member in group) / len(group)
			if alike >= most:
				best, most = group, alike
		if best is None:
			found.append([key])
		else:
			best.append(key)
	return [group for group in found if len(group) >= least]


def ranked(
	said: frozenset[str], known: Mapping[Key, Sequence[frozenset[str]]], least: float
) -> list[tuple[Key, float]]:
	"""Those of `known` that are alike to `least` or more, the likest first. known: each with all that was said of it; the likest
	of these counts, so that a fault which many have described is found by each of their descriptions."""
	alike = [(key, max((likeness(said, each) for each in told), default=0.0)) for key, told in known.items()]
	return sorted((each for each in alike if each[1] >= least), key=lambda each: -each[1])
