"""Sharing out limited entitlements among lines so that as much as possible is paid. Frappe-free.

A line may be paid by several entitlements and an entitlement may pay several lines, so taking them one after the other
can leave a line unpaid that another order would have paid. This is a maximum flow; lines are served in the order given,
and whatever a line was given is only moved to another entitlement, never taken away again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class Cap:
	"""Entitlement `pool` may pay the line up to `most`; offer: what the caller knows this by."""

	line: int
	pool: int
	most: float
	offer: int


def share_out(
	order: Sequence[int], needs: Mapping[int, float], left: Mapping[int, float], caps: Sequence[Cap]
) -> Iterator[tuple[Cap, float]]:
	"""Who pays how much, in the order of `caps`, nothing for those that pay nothing.

	order: lines, the one that matters most first. needs: line → what it lacks. left: pool → what it has.
	"""
	paid = dict.fromkeys(caps, 0.0)
	have = dict(left)
	for line in order:
		lacks = needs[line]
		while lacks > SMALLEST:
			path = _path(line, caps, paid, have)
			if not path:
				break
			amount = min(lacks, _narrowest(path, paid), have[path[-1].pool])
			for place, cap in enumerate(path):
				# every second step gives back what another line was paid by this pool
				paid[cap] += -amount if place % 2 else amount
			have[path[-1].pool] -= amount
			lacks -= amount
	for cap, amount in paid.items():
		if amount > SMALLEST:
			yield cap, amount


def _path(
	line: int, caps: Sequence[Cap], paid: Mapping[Cap, float], have: Mapping[int, float]
) -> list[Cap] | None:
	"""The shortest way from `line` to an entitlement with something left, over lines that can move to another one."""
	ways: list[tuple[int, list[Cap]]] = [(line, [])]
	seen: set[int] = set()
	while ways:
		following: list[tuple[int, list[Cap]]] = []
		for here, path in ways:
			open_caps = [cap for cap in caps if cap.line == here and cap.most - paid[cap] > SMALLEST]
			for cap in open_caps:
				if cap.pool in seen:
					continue
				seen.add(cap.pool)
				if have[cap.pool] > SMALLEST:
					return [*path, cap]
				following += [
					(other.line, [*path, cap, other])
					for other in caps
					if other.pool == cap.pool and other.line != here and paid[other] > SMALLEST
				]
		ways = following
	return None


def _narrowest(path: Sequence[Cap], paid: Mapping[Cap, float]) -> float:
	return min(paid[cap] if place % 2 else cap.most - paid[cap] for place, cap in enumerate(path))
