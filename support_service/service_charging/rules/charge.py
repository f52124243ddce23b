"""How much of a decision may still be billed. Frappe-free arithmetic.

A case has one decision after the other: an offer before the work, what each visit has done, an overridden line. Decisions
about the same work may be billed once together, by one of them or another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Charge:
	"""A decision of a case, as far as it is about money (in the decision's currency)."""

	name: str
	charged: float
	done: bool  # about work a visit has done; else about expected work
	stands: bool  # it is current: neither superseded nor reversed
	before: str | None = None  # the decision it supersedes
	alone: bool = False  # a sale: about no work on the case, and no work is about it


def same_work(charges: Sequence[Charge]) -> dict[str, str]:
	"""Name → name of the first decision about the same work; `charges` are all of one case, the oldest first.

	A decision is about the same work as the one it supersedes. A visit without an offer of its own belongs to the last offer:
	one offer may be for several visits.
	"""
	first: dict[str, str] = {}
	last: str | None = None
	for charge in charges:
		if charge.before in first:
			first[charge.name] = first[str(charge.before)]
		elif charge.alone:
			first[charge.name] = charge.name
		elif charge.done and last:
			first[charge.name] = last
		else:
			first[charge.name] = last = charge.name
	return first


def owed(
	charges: Sequence[Charge],
	billed: Mapping[str, float],
	name: str,
	*,
	given_back: bool = False,
	digits: int = 2,
) -> float:
	"""What may still be billed of the decision `name`, never below zero.

	billed: name → what documents bill, less what was credited. digits: decimals of the amounts. given_back: a credit note is
	cancelled, so what it had credited is billed again, whatever became of the decision since.
	"""
	first = same_work(charges)
	by_name = {charge.name: charge for charge in charges}
	charge = by_name[name]
	same = [other for other in charges if first[other.name] == first[name]]
	if charge.done and not charge.stands and not given_back:
		return 0.0
	standing = sum(max(billed.get(other.name, 0.0), 0.0) for other in same)
	own = charge.charged - max(billed.get(name, 0.0), 0.0)
	if charge.done and charge.stands:
		# several visits may have done what one offer was for: together they cost what each of them costs
		whole = sum(other.charged for other in same if other.done and other.stands)
	else:
		whole = charge.charged
	return max(round(min(own, whole - standing), digits), 0.0)
