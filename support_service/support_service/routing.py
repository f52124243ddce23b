"""Which department queue and team a case goes to. Frappe-free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

CONDITIONS = ("request_type", "channel", "customer_group", "territory", "item_group")

# request type → department queue: shipped once into Support Service Settings, where an admin may change them.
DEFAULT_QUEUES: tuple[tuple[str, str], ...] = (
	("Inquiry", "Pre-Sales"),
	("Spare Part", "Pre-Sales"),
	("Fault", "After-Sales"),
	("Repair", "After-Sales"),
	("Installation", "After-Sales"),
	("Training", "After-Sales"),
	("Complaint", "After-Sales"),
	("Change Request", "Technical Support"),
	("Upgrade", "Technical Support"),
)


@dataclass(frozen=True, slots=True)
class Rule:
	"""`conditions`: field → value the case must have (only those that are set); then the queue and perhaps a team."""

	queue: str
	team: str | None = None
	conditions: Mapping[str, str] = field(default_factory=dict)

	def fits(self, case: Mapping[str, str | None]) -> bool:
		return all(case.get(name) == value for name, value in self.conditions.items())


def best_rule(case: Mapping[str, str | None], rules: Sequence[Rule]) -> Rule | None:
	"""The fitting rule with the most conditions; among equals the upper one. None where no rule fits."""
	fitting = [rule for rule in rules if rule.fits(case)]
	# max() keeps the first of equals, which is the promise of the settings page
	return max(fitting, key=lambda rule: len(rule.conditions), default=None)
