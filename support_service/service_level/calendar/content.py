"""A calendar as text and back: what a Service Calendar Version stores, and the name that follows from it.

Frappe-free. Equal calendars have equal text and so the same name; a version once written never means anything else.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from support_service.service_level.calendar.working_time import Calendar, Change, Week, Window

FORMAT = 1  # of the text; a later reader knows by it how to read the text


def dump(calendar: Calendar) -> str:
	"""The calendar as JSON. The order in which windows, breaks and holidays were written down plays no part."""
	content = {
		"format": FORMAT,
		"name": calendar.name,
		"zone": calendar.zone,
		"week": _dump_week(calendar.week),
		"holidays": [[on.isoformat(), label] for on, label in sorted(set(calendar.holidays))],
		"changes": [
			{
				"first": change.first.isoformat(),
				"last": change.last.isoformat(),
				"week": _dump_week(change.week) if change.week else None,
				"works_on_holidays": change.works_on_holidays,
				"name": change.name,
				"reason": change.reason,
			}
			for change in calendar.changes
		],
	}
	return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def load(text: str) -> Calendar:
	"""The calendar that `dump` wrote."""
	content = json.loads(text)
	return Calendar(
		zone=content["zone"],
		week=_load_week(content["week"]),
		holidays=tuple((date.fromisoformat(on), label) for on, label in content["holidays"]),
		changes=tuple(
			Change(
				first=date.fromisoformat(change["first"]),
				last=date.fromisoformat(change["last"]),
				week=_load_week(change["week"]) if change["week"] else None,
				works_on_holidays=change["works_on_holidays"],
				name=change["name"],
				reason=change["reason"],
			)
			for change in content["changes"]
		),
		name=content["name"],
	)


def version_name(text: str) -> str:
	"""The name of the version with this content: 32 hexadecimal digits of its SHA-256."""
	return hashlib.sha256(text.encode()).hexdigest()[:32]


def _dump_week(week: Week) -> dict[str, Any]:
	return {
		"windows": [[w.weekday, w.start, w.end] for w in sorted(set(week.windows))],
		"breaks": [[b.weekday, b.start, b.end] for b in sorted(set(week.breaks))],
	}


def _load_week(content: dict[str, Any]) -> Week:
	return Week(
		windows=tuple(Window(*window) for window in content["windows"]),
		breaks=tuple(Window(*pause) for pause in content["breaks"]),
	)
