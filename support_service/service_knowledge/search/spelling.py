"""Which words of the articles somebody may have meant who typed another one. No Frappe.

Only words without digits: of a model number or an error code, another one is another thing.
"""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST, LONG = 4, 8  # letters: shorter words are not corrected; from LONG on two mistakes are forgiven
SHORTEST_INSIDE = 3
MOST_MEANT = 4
ONE_MISTAKE, TWO_MISTAKES, INSIDE = 0.7, 0.5, 0.6


def mistakes_forgiven(word: str) -> int:
	"""How many letters may be missing, too many, wrong or swapped."""
	if len(word) < SHORTEST or not word.isalpha():
		return 0
	return 2 if len(word) >= LONG else 1


def distance(one: str, two: str, most: int) -> int:
	"""How many letters differ (missing, too many, another one, two neighbours swapped); `most` + 1 for anything above `most`."""
	if abs(len(one) - len(two)) > most:
		return most + 1
	before: list[int] = []
	row = list(range(len(two) + 1))
	for i, letter in enumerate(one, 1):
		current = [i]
		for j, other in enumerate(two, 1):
			best = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (letter != other))
			if i > 1 and j > 1 and letter == two[j - 2] and one[i - 2] == other:
				best = min(best, before[j - 2] + 1)
			current.append(best)
		if min(current) > most:
			return most + 1
		before, row = row, current
	return min(row[-1], most + 1)


def meant(word: str, words: Iterable[str]) -> dict[str, float]:
	"""Those of `words` that `word` may be a misspelling of → how sure that is; the closest ones only."""
	most = mistakes_forgiven(word)
	found: dict[str, int] = {}
	for other in words:
		apart = distance(word, other, most)
		if 0 < apart <= most:
			found[other] = apart
	if not found:
		return {}
	closest = min(found.values())
	kept = sorted(
		(other for other, apart in found.items() if apart == closest), key=lambda other: (len(other), other)
	)
	return dict.fromkeys(kept[:MOST_MEANT], ONE_MISTAKE if closest == 1 else TWO_MISTAKES)


def inside(word: str, words: Iterable[str]) -> dict[str, float]:
	"""Those of `words` that contain `word` → how sure it is that they are meant: the more of them it is, the surer."""
	if len(word) < SHORTEST_INSIDE:
		return {}
	found = {other: len(word) / len(other) for other in words if word in other and word != other}
	kept = sorted(found, key=lambda other: (-found[other], other))
	return {other: round(INSIDE * (0.5 + found[other] / 2), 3) for other in kept[:MOST_MEANT]}
