"""Which articles answer a search, and which of them comes first. No Frappe.

A term says the more, the fewer articles it stands in. An article counts what of the search it contains, more where it stands
in the title or often; what has solved cases and was found helpful comes before its like.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from support_service.service_knowledge.search.terms import ANY_ENDING, WORD, Group

# of what was asked for, how much an article must contain: one thing alone fully; of more, some of it, and not much less than the
# article that contains most
SHORT = 3
LEAST, LEAST_OF_BEST = 0.15, 0.5
OFTEN, USUAL_LENGTH, BY_LENGTH = 1.4, 250, 0.4
SOLVED, HELPFUL, SAME_ITEM, SAME_GROUP = 0.06, 0.1, 0.5, 0.2
SURE = 0.3  # what is worth that much is there: a word in another spelling, but not one part of a model number
HINT, WORD_AMONG_CHARACTERS = 0.6, 2.5
UNKNOWN = 0.5  # of the weight of what is known: a word of a longer search that stands in no article


@dataclass(frozen=True, slots=True)
class Candidate:
	"""An article that contains something of what was asked for.

	terms: as `terms.document_terms` made them. fits: 0; SAME_GROUP; SAME_ITEM: how well it fits the product asked about.
	"""

	name: str
	terms: str
	solved: int = 0
	helpful: int = 0
	not_helpful: int = 0
	fits: float = 0.0


def weights(groups: Sequence[Group], articles: Mapping[str, int], total: int) -> list[float]:
	"""How much each group says. articles: term → in how many of the `total` articles it stands, as far as known."""
	known = [_rarest(group, articles) for group in groups]
	says = [_says(number, total) if number else None for number in known]
	usual = [weight for weight in says if weight is not None]
	share = 1 if len(groups) <= SHORT else UNKNOWN
	unknown = share * sum(usual) / len(usual) if usual else 1.0
	mixed = any(group.hint for group in groups)
	return [
		(unknown if weight is None else weight) * _importance(group, mixed)
		for group, weight in zip(groups, says, strict=True)
	]


def chosen_terms(
	groups: Sequence[Group], articles: Mapping[str, int], *, most_rows: int, most_terms: int
) -> list[str]:
	"""The terms to ask the database for: all of them, or of a long text, or where they stand nearly everywhere, the rarest."""
	known = [group for group in groups if _rarest(group, articles)]
	# what stands in no article that was counted costs nothing, and may stand in one that was not counted yet
	chosen = [term for group in groups if group not in known for term, _worth in group.terms]
	rows = terms = 0
	for group in sorted(known, key=lambda group: _rarest(group, articles)):
		rows += sum(articles.get(term, 0) for term, _worth in group.terms)
		terms += len(group.terms)
		if terms > len(group.terms) and (rows > most_rows or terms > most_terms):
			break
		chosen += [term for term, _worth in group.terms]
	return list(dict.fromkeys(chosen))


def ranked(
	candidates: Iterable[Candidate], groups: Sequence[Group], weight: Sequence[float]
) -> list[tuple[str, float, float]]:
	"""Those that answer, best first: name, score, and how much of what was asked for is there (0 to 1)."""
	all_of_it = sum(weight)
	scored = []
	for candidate in candidates:
		score, there = _score(candidate, groups, weight)
		if score:
			share = there / all_of_it
			scored.append((candidate.name, round(score * share * _proved(candidate), 6), round(share, 4)))
	least = max(LEAST, LEAST_OF_BEST * max((share for _name, _score, share in scored), default=0.0))
	return sorted((one for one in scored if one[2] >= least), key=lambda one: (-one[1], one[0]))


def _score(candidate: Candidate, groups: Sequence[Group], weight: Sequence[float]) -> tuple[float, float]:
	"""The score, and the weight of what is there at all."""
	counted = Counter(candidate.terms.split())
	length = 1 - BY_LENGTH + BY_LENGTH * counted.total() / USUAL_LENGTH
	score = there = 0.0
	for group, says in zip(groups, weight, strict=True):
		best = worth_most = 0.0
		for term, worth in group.terms:
			if times := _times(counted, term):
				best = max(best, worth * times * (OFTEN + 1) / (times + OFTEN * length))
				worth_most = max(worth_most, worth)
		score += says * best
		there += says if worth_most >= SURE else says * worth_most
	return score, there


def _times(counted: Counter[str], term: str) -> int:
	if not term.endswith(ANY_ENDING):
		return counted[term]
	start = term.removesuffix(ANY_ENDING)
	return max((times for other, times in counted.items() if other.startswith(start)), default=0)


def _rarest(group: Group, articles: Mapping[str, int]) -> int:
	"""In how many articles the surest of its terms that is known stands; 0: none is known."""
	return next((articles[term] for term, _worth in group.terms if articles.get(term)), 0)


def _importance(group: Group, mixed: bool) -> float:
	if group.hint:
		return HINT
	# HDMI in a Chinese sentence
	return WORD_AMONG_CHARACTERS if mixed and group.terms[0][0].startswith(WORD) else 1.0


def _says(number: int, total: int) -> float:
	return math.log(1 + max(total, number) / number)


def _proved(candidate: Candidate) -> float:
	voted = candidate.helpful + candidate.not_helpful
	liked = (candidate.helpful - candidate.not_helpful) / (voted + 2)
	return (1 + SOLVED * math.log1p(candidate.solved) + HELPFUL * liked) * (1 + candidate.fits)
