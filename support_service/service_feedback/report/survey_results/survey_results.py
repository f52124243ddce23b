"""What customers answered, per engineer, team, product, customer or month: how many were asked and answered, and the scores.

Counted by the database over the surveys that the reader may see. A figure that rests on few answers is marked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import CustomFunction, DocType
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, flt, getdate

from support_service.foundation.platform import visible
from support_service.foundation.reports import column
from support_service.service_feedback import survey_rules as rules

SURVEY, ANSWER = "Service Survey", "Service Survey Answer"
# name of the grouping → column, its label's type and options
GROUPS = {
	"Engineer": ("engineer_user", "Link", "User"),
	"Team": ("team", "Link", "Service Team"),
	"Product": ("item_code", "Link", "Item"),
	"Customer": ("customer", "Link", "Customer"),
	"Month": ("month", "Data", ""),
}
DEFAULT_GROUP = "Team"
LEFT = CustomFunction("left", ["text", "length"])
IF = CustomFunction("if", ["condition", "yes", "no"])


class UnknownGroupingError(frappe.ValidationError):
	"""The report cannot be grouped by that."""


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary. filters: from_date and to_date (of the asking, inclusive), occasion, customer,
	team, item_code, group_by (one of GROUPS)."""
	wanted = frappe._dict(filters or {})
	name = wanted.group_by or DEFAULT_GROUP
	if name not in GROUPS:
		frappe.throw(
			_("Group by one of: {0}.").format(", ".join(_(group) for group in GROUPS)), UnknownGroupingError
		)
	key = GROUPS[name][0]
	scores = {kind: _scores(wanted, key, kind) for kind in rules.SCALES}
	rows = [_row(key, counted, scores) for counted in _counts(wanted, key)]
	rows.sort(key=lambda row: str(row[key] or ""))
	few = any(row["few"] for row in rows)
	message = _("Marked with few: fewer than {0} answers. Such figures say little.").format(rules.FEW_ANSWERS)
	return _columns(name), rows, message if few else None, _chart(rows, key), _summary(rows, scores)


def _group_of(survey: Any, key: str) -> Any:
	return LEFT(survey.opened_on, 7) if key == "month" else survey[key]


def _counts(wanted: Any, key: str) -> list[dict[str, Any]]:
	"""Group → how many were asked, answered, were satisfied, and gave a low score."""
	survey = DocType(SURVEY)
	group = _group_of(survey, key)
	query = frappe.qb.from_(survey).select(
		group.as_(key),
		Count("*").as_("asked"),
		Sum(IF(survey.status == "Answered", 1, 0)).as_("answered"),
		Sum(IF(survey.satisfied == "Yes", 1, 0)).as_("satisfied"),
		Sum(IF(survey.satisfied == "No", 1, 0)).as_("not_satisfied"),
		Sum(IF(survey.low_score == 1, 1, 0)).as_("low"),
	)
	for condition in _conditions(survey, wanted):
		query = query.where(condition)
	return query.groupby(group).run(as_dict=True)


def _scores(wanted: Any, key: str, kind: str) -> dict[Any, dict[int, int]]:
	"""Group → number → how often it was answered to questions of this kind; a survey counts with its first such answer."""
	survey, answer = DocType(SURVEY), DocType(ANSWER)
	group = _group_of(survey, key)
	earlier = DocType(ANSWER).as_("earlier")
	query = (
		frappe.qb.from_(survey)
		.join(answer)
		.on((answer.parent == survey.name) & (answer.parenttype == SURVEY))
		.left_join(earlier)
		.on(
			(earlier.parent == survey.name)
			& (earlier.kind == answer.kind)
			& (earlier.answered == 1)
			& (earlier.idx < answer.idx)
		)
		.select(group.as_("group"), answer.number, Count("*").as_("count"))
		.where((answer.kind == kind) & (answer.answered == 1) & earlier.name.isnull())
	)
	for condition in _conditions(survey, wanted):
		query = query.where(condition)
	found: dict[Any, dict[int, int]] = {}
	for row in query.groupby(group, answer.number).run(as_dict=True):
		found.setdefault(row.group, {})[row.number] = row.count
	return found


def _conditions(survey: Any, wanted: Any) -> Iterator[Any]:
	if wanted.from_date:
		yield survey.opened_on >= getdate(wanted.from_date)
	if wanted.to_date:
		yield survey.opened_on < add_days(getdate(wanted.to_date), 1)
	for field in ("occasion", "customer", "team", "item_code"):
		if wanted.get(field):
			yield survey[field] == wanted[field]
	if condition := visible(SURVEY):
		yield condition


def _row(key: str, counted: dict[str, Any], scores: dict[str, dict[Any, dict[int, int]]]) -> dict[str, Any]:
	group = counted[key]
	asked, answered = int(counted["asked"]), int(counted["answered"])
	yes, no = int(counted["satisfied"]), int(counted["not_satisfied"])
	numbers = {kind: found.get(group, {}) for kind, found in scores.items()}
	return {
		key: group,
		"asked": asked,
		"answered": answered,
		"few": _("few", context=SURVEY) if rules.is_small(answered) else "",
		"rate": _rounded(rules.share(answered, asked)),
		"satisfied": _rounded(rules.share(yes, yes + no)),
		"content": _rounded(rules.average(numbers[rules.SATISFACTION]), 2),
		"recommendation": _rounded(rules.recommendation(numbers[rules.RECOMMENDATION])),
		"effort": _rounded(rules.average(numbers[rules.EFFORT]), 2),
		"low": int(counted["low"]),
	}


def _rounded(value: float | None, decimals: int = 1) -> float | None:
	return None if value is None else flt(value, decimals)


def _columns(name: str) -> list[dict[str, Any]]:
	fieldname, fieldtype, options = GROUPS[name]
	return [
		column(fieldname, _(name), fieldtype, 200, options),
		column("asked", _("Asked", context=SURVEY), "Int", 90),
		column("answered", _("Answered", context=SURVEY), "Int", 100),
		column("few", _("Few Answers"), "Data", 90),
		column("rate", _("Response Rate %"), "Float", 120),
		column("satisfied", _("Solved %"), "Float", 100),
		column("content", _("Satisfaction (1 to 5)"), "Float", 140),
		column("recommendation", _("Net Promoter Score"), "Float", 140),
		column("effort", _("Effort (1 to 7)"), "Float", 120),
		column("low", _("Low Scores"), "Int", 100),
	]


def _chart(rows: list[dict[str, Any]], key: str) -> dict[str, Any] | None:
	"""Satisfaction of the groups that have any."""
	shown = [row for row in rows if row["content"] is not None]
	if not shown:
		return None
	return {
		"type": "line" if key == "month" and len(shown) > 1 else "bar",
		"data": {
			"labels": [str(row[key] or _("None")) for row in shown],
			"datasets": [{"name": _("Satisfaction (1 to 5)"), "values": [row["content"] for row in shown]}],
		},
	}


def _summary(
	rows: list[dict[str, Any]], scores: dict[str, dict[Any, dict[int, int]]]
) -> list[dict[str, Any]]:
	asked, answered = sum(row["asked"] for row in rows), sum(row["answered"] for row in rows)
	cards: list[dict[str, Any]] = [
		{"label": _("Answers"), "value": answered, "datatype": "Int", "indicator": "Blue"}
	]
	if asked:
		rate = _rounded(rules.share(answered, asked))
		cards.append({"label": _("Response Rate %"), "value": rate, "datatype": "Float", "indicator": "Blue"})
	content = rules.average(_together(scores[rules.SATISFACTION]))
	if content is not None:
		value = flt(content, 2)
		cards.append(
			{"label": _("Satisfaction (1 to 5)"), "value": value, "datatype": "Float", "indicator": "Green"}
		)
	promoted = rules.recommendation(_together(scores[rules.RECOMMENDATION]))
	if promoted is not None:
		value = flt(promoted, 1)
		cards.append(
			{"label": _("Net Promoter Score"), "value": value, "datatype": "Float", "indicator": "Green"}
		)
	return cards


def _together(groups: dict[Any, dict[int, int]]) -> dict[int, int]:
	total: dict[int, int] = {}
	for numbers in groups.values():
		for number, count in numbers.items():
			total[number] = total.get(number, 0) + count
	return total
