"""Priority from impact and urgency. Frappe-free."""

from collections.abc import Iterable

LEVELS = ("High", "Medium", "Low")
PRIORITIES = ("Critical", "High", "Medium", "Low")

# (impact, urgency, priority): shipped once into Support Service Settings, where an admin may change them.
DEFAULT_RULES: tuple[tuple[str, str, str], ...] = (
	("High", "High", "Critical"),
	("High", "Medium", "High"),
	("High", "Low", "Medium"),
	("Medium", "High", "High"),
	("Medium", "Medium", "Medium"),
	("Medium", "Low", "Low"),
	("Low", "High", "Medium"),
	("Low", "Medium", "Low"),
	("Low", "Low", "Low"),
)


def priority_of(impact: str, urgency: str, rules: Iterable[tuple[str, str, str]]) -> str:
	"""The priority that `rules` give to `impact` × `urgency`; the shipped rule where they say nothing."""
	for rules_in_order in (rules, DEFAULT_RULES):
		for rule_impact, rule_urgency, priority in rules_in_order:
			if (rule_impact, rule_urgency) == (impact, urgency):
				return priority
	raise ValueError(f"unknown impact {impact!r} or urgency {urgency!r}")


def raised_levels(impact: str, urgency: str, rules: Iterable[tuple[str, str, str]]) -> tuple[str, str] | None:
	"""The nearest (impact, urgency) above these whose priority is higher; None where there is none.

	Urgency rises before impact: what presses is the time, not the damage.
	"""
	known = tuple(rules)
	now = PRIORITIES.index(priority_of(impact, urgency, known))
	while (impact, urgency) != (LEVELS[0], LEVELS[0]):
		if urgency != LEVELS[0]:
			urgency = LEVELS[LEVELS.index(urgency) - 1]
		else:
			impact = LEVELS[LEVELS.index(impact) - 1]
		if PRIORITIES.index(priority_of(impact, urgency, known)) < now:
			return impact, urgency
	return None
