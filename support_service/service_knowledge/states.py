"""The states of an article and who may change them. No Frappe.

`Draft → Reviewed → Published → Outdated`. Customers see what is published, staff also what is reviewed and what is outdated; a
draft is seen by its author and by those who review.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from support_service.constants.roles import LEAD, MANAGER
from support_service.constants.words import N_


class State(StrEnum):
	DRAFT = "Draft"
	REVIEWED = "Reviewed"
	PUBLISHED = "Published"
	OUTDATED = "Outdated"


REVIEWERS = (LEAD, MANAGER)


@dataclass(frozen=True, slots=True)
class Step:
	"""One change of state.

	by_responsible: also whoever is responsible for the article. needs_text: there must be a cause or a solution.
	of_another: not by whoever wrote it last, unless they are a manager. needs_reason: why must be said.
	"""

	action: str
	label: str
	sources: tuple[State, ...]
	target: State
	by_responsible: bool = False
	needs_text: bool = False
	of_another: bool = False
	needs_reason: bool = False


STEPS = (
	Step("review", N_("Reviewed"), (State.DRAFT,), State.REVIEWED, needs_text=True, of_another=True),
	Step("publish", N_("Publish"), (State.REVIEWED,), State.PUBLISHED, needs_text=True),
	Step(
		"outdate",
		N_("Outdated"),
		(State.REVIEWED, State.PUBLISHED),
		State.OUTDATED,
		by_responsible=True,
		needs_reason=True,
	),
	Step(
		"revise",
		N_("Revise"),
		(State.REVIEWED, State.PUBLISHED, State.OUTDATED),
		State.DRAFT,
		by_responsible=True,
	),
)


def step(action: str) -> Step | None:
	"""The step of that name."""
	return next((step for step in STEPS if step.action == action), None)


def steps_from(state: str) -> list[Step]:
	"""Steps that lead on from a state, in their order."""
	return [step for step in STEPS if state in step.sources]
