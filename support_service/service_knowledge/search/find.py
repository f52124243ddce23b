"""Searches the articles. Who may see an article is part of the query that reads it: nothing has to be taken out of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import frappe
from frappe.query_builder import DocType
from pypika import Order
from pypika.terms import LiteralValue, PseudoColumn, Term

from support_service.foundation.platform import visible
from support_service.permissions.documents import knowledge_article
from support_service.service_knowledge.search import ranking, vocabulary
from support_service.service_knowledge.search.ranking import Candidate
from support_service.service_knowledge.search.terms import ANY_ENDING, WORD, Group, query_groups
from support_service.service_knowledge.states import State

ARTICLE, INDEX = "Knowledge Article", "Knowledge Index"
LONGEST_SEARCH = 2000
# the rarest terms of a search find its answers; the others only decide which of them is better
MOST_ROWS, MOST_TERMS = 600, 10
MOST_CANDIDATES, MOST_FOUND, PART = 40, 40, 80
MOST_MATCHED = 10_000  # of a beginning of a word, which may be that of many
# fewer than so many: words that contain what was typed are looked for, too
FEW = 5
OUTDATED_COUNTS = 0.5
FIELDS = (
	"name",
	"title",
	"state",
	"audience",
	"item",
	"item_group",
	"solved_cases",
	"helpful",
	"not_helpful",
)


@dataclass(frozen=True, slots=True)
class Found:
	"""An article that answers a search, with what a list of answers shows. share: how much of the search is in it (0 to 1)."""

	name: str
	title: str
	state: str
	audience: str
	item: str
	solved_cases: int
	score: float
	share: float


@dataclass(frozen=True, slots=True)
class About:
	"""The product that somebody asks about, if that is known."""

	item: str | None = None
	item_groups: frozenset[str] = frozenset()


NOTHING_KNOWN = About()


def for_staff(
	text: str,
	*,
	about: About = NOTHING_KNOWN,
	limit: int = 10,
	unfinished: bool = False,
	outdated: bool = False,
) -> list[Found]:
	"""What the session's user may see of the articles that answer `text`, best first.

	unfinished: they are still typing. outdated: also what does not hold any more. Raises PermissionError for who may read no
	article at all.
	"""
	frappe.has_permission(ARTICLE, throw=True)
	table = DocType(ARTICLE)
	states = [state for state in State if outdated or state != State.OUTDATED]
	conditions = [table.state.isin(states), *filter(None, [visible(ARTICLE)])]
	return _find(text, conditions, about, limit, unfinished)


def for_customer(
	text: str, *, about: About = NOTHING_KNOWN, limit: int = 10, unfinished: bool = False
) -> list[Found]:
	"""What the session's user may see on the portal of the articles that answer `text`, best first."""
	seen = knowledge_article.RULE.scope(frappe.session.user, as_customer=True)
	# staff who also have a login at a customer find on the portal what the customer finds
	table = DocType(ARTICLE)
	conditions: list[Term] = [table.state == "Published", table.audience != "Staff"]
	if condition := seen.sql(ARTICLE):
		conditions.append(PseudoColumn(condition))
	return _find(text, conditions, about, limit, unfinished)


def about(item: str | None, item_group: str | None = None) -> About:
	"""The product with its group and the groups above that."""
	if item and not item_group:
		item_group = frappe.db.get_value("Item", item, "item_group", cache=True)
	if not item_group:
		return About(item or None)
	return About(item or None, frozenset(_with_groups_above(item_group)))


def _with_groups_above(item_group: str) -> list[str]:
	bounds = frappe.db.get_value("Item Group", item_group, ["lft", "rgt"], cache=True)
	if not bounds:
		return [item_group]
	above = {"lft": ("<=", bounds[0]), "rgt": (">=", bounds[1])}
	# the topmost group holds everything and says nothing
	return frappe.get_all(
		"Item Group", {**above, "parent_item_group": ("is", "set")}, pluck="name", order_by=None
	)


def _find(text: str, conditions: Sequence[Term], about: About, limit: int, unfinished: bool) -> list[Found]:
	groups = query_groups((text or "")[:LONGEST_SEARCH], unfinished=unfinished)
	if not groups:
		return []
	articles, total = vocabulary.known(term for group in groups for term, _worth in group.terms)
	groups = [_corrected(group, articles) for group in groups]
	found = _ranked(groups, articles, total, conditions, about)
	if len(found) < FEW:
		wider = [_widened(group) for group in groups]
		if wider != groups:
			found = _ranked(wider, articles, total, conditions, about)
	return found[: min(limit, MOST_FOUND)]


def _corrected(group: Group, articles: Mapping[str, int]) -> Group:
	"""With what a word may have meant that stands in no article."""
	if not group.word or any(term in articles for term, _worth in group.terms):
		return group
	if any(term.endswith(ANY_ENDING) for term, _worth in group.terms) and len(group.word) < 5:
		return group  # the beginning of a word
	return _with(group, vocabulary.meant(group.terms[0][0].removeprefix(WORD)))


def _widened(group: Group) -> Group:
	"""With words that contain the word."""
	return _with(group, vocabulary.containing(group.terms[0][0].removeprefix(WORD))) if group.word else group


def _with(group: Group, more: Mapping[str, float]) -> Group:
	there = {term for term, _worth in group.terms}
	new = tuple((term, worth) for term, worth in more.items() if term not in there)
	return replace(group, terms=(*group.terms, *new)) if new else group


def _ranked(
	groups: Sequence[Group],
	articles: Mapping[str, int],
	total: int,
	conditions: Sequence[Term],
	about: About,
) -> list[Found]:
	terms = ranking.chosen_terms(groups, articles, most_rows=MOST_ROWS, most_terms=MOST_TERMS)
	rows = {row.name: row for row in _candidates(terms, conditions)}
	candidates = [
		Candidate(
			row.name,
			row.terms,
			row.solved_cases,
			row.helpful,
			row.not_helpful,
			_fits(row, about),
		)
		for row in rows.values()
	]
	weight = ranking.weights(groups, articles, total)
	best = []
	for name, score, share in ranking.ranked(candidates, groups, weight):
		row = rows[name]
		best.append(
			Found(
				name,
				row.title,
				row.state,
				row.audience,
				row.item or "",
				row.solved_cases,
				score * (OUTDATED_COUNTS if row.state == State.OUTDATED else 1),
				share,
			)
		)
	return sorted(best, key=lambda found: -found.score)


def _candidates(terms: Sequence[str], conditions: Sequence[Term]) -> list[frappe._dict]:
	"""The articles with the rarest of `terms` that the reader may see, with the terms of each.

	The index names articles in the order of its own rank; which of them may be seen is asked in parts, until there are enough:
	joined at once, the database would look up every article before it sorts.
	"""
	matched = _matched(terms)
	article = DocType(ARTICLE)
	seen: list[frappe._dict] = []
	for start in range(0, len(matched), PART):
		part = matched[start : start + PART]
		query = frappe.qb.from_(article).select(*(article[field] for field in FIELDS))
		for condition in (article.name.isin(part), *conditions):
			query = query.where(condition)
		rows = {row.name: row for row in query.run(as_dict=True)}
		seen += [rows[name] for name in part if name in rows]
		if len(seen) >= MOST_CANDIDATES:
			break
	seen = seen[:MOST_CANDIDATES]
	if seen:
		index = DocType(INDEX)
		stored = index.name.isin([row.name for row in seen])
		terms_of = dict(frappe.qb.from_(index).select(index.name, index.terms).where(stored).run())
		for row in seen:
			row.terms = terms_of.get(row.name) or ""
	return seen


def _matched(terms: Sequence[str]) -> list[str]:
	"""Names of all articles with one of `terms`, those first that the index takes for the best."""
	index = DocType(INDEX)
	# terms are plain letters and digits, with at most one asterisk at the end: there is nothing to escape
	match = LiteralValue(f"match(`terms`) against ('{' '.join(terms)}' in boolean mode)")
	query = (
		frappe.qb.from_(index)
		.select(index.name)
		.where(match)
		.orderby(match, order=Order.desc)
		.limit(MOST_MATCHED)
	)
	return [name for (name,) in query.run()]


def _fits(row: frappe._dict, about: About) -> float:
	if about.item and row.item == about.item:
		return ranking.SAME_ITEM
	if row.item_group and row.item_group in about.item_groups:
		return ranking.SAME_GROUP
	return 0.0
