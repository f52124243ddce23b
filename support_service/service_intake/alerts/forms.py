"""Reads what monitoring systems send: the webhook of Prometheus Alertmanager (version 4) and a plain JSON form. Frappe-free.

Both become `Event`s: one alert that began at one moment, firing or over. A payload is taken whole or refused whole with the
place that is wrong, so that the sender keeps it and sends it again once it is corrected.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

ALERTMANAGER: Final = "Alertmanager"
PLAIN: Final = "Plain JSON"
MAX_ALERTS: Final = 1000
MAX_LABELS: Final = 100
MAX_TEXT: Final = 5000
# before it no alert began; Alertmanager writes the year 1 where an alert has not ended
EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


class Unreadable(ValueError):  # its words are for whoever writes a sender, so English
	"""The payload cannot be read; the message is for whoever set the sender up."""


@dataclass(frozen=True, slots=True)
class Event:
	"""One alert of a payload. started, ended: UTC seconds; ended is None where it is not known. group: key of its group.

	fingerprint: of the thing that is watched, the same each time it fires. event: of this one time.
	"""

	fingerprint: str
	event: str
	firing: bool
	labels: dict[str, str]
	annotations: dict[str, str]
	title: str
	link: str = ""
	started: int | None = None
	ended: int | None = None
	group: str = ""


def read(form: str, payload: Any) -> list[Event]:
	"""The events of a payload in the form of its source; raises Unreadable."""
	if not isinstance(payload, Mapping):
		raise Unreadable("the body must be one JSON object")
	return _alertmanager(payload) if form == ALERTMANAGER else _plain(payload)


def _alertmanager(payload: Mapping[str, Any]) -> list[Event]:
	if str(payload.get("version")) != "4":
		raise Unreadable("version: only version 4 of Alertmanager's webhook is understood")
	group = _text(payload.get("groupKey", ""), "groupKey")
	return [_of_alertmanager(alert, place, group) for place, alert in _alerts(payload)]


def _of_alertmanager(alert: Mapping[str, Any], place: str, group: str) -> Event:
	labels = _texts(alert.get("labels"), f"{place}.labels")
	annotations = _texts(alert.get("annotations", {}), f"{place}.annotations")
	firing = _is_firing(alert.get("status"), f"{place}.status")
	started = _moment(alert.get("startsAt"), f"{place}.startsAt")
	if started is None:
		raise Unreadable(f"{place}.startsAt: is missing")
	fingerprint = _text(alert.get("fingerprint", ""), f"{place}.fingerprint") or _hash(labels)
	ended = _moment(alert.get("endsAt"), f"{place}.endsAt")
	return Event(
		fingerprint=fingerprint,
		event=f"{fingerprint}@{started}",
		firing=firing,
		labels=labels,
		annotations=annotations,
		title=annotations.get("summary", "").strip() or _named(labels),
		link=_text(alert.get("generatorURL", ""), f"{place}.generatorURL"),
		started=started,
		# a firing alert names the moment at which it would be forgotten
		ended=None if firing else ended,
		group=group,
	)


def _plain(payload: Mapping[str, Any]) -> list[Event]:
	several = payload if "alerts" in payload else {"alerts": [payload]}
	return [_of_plain(alert, place) for place, alert in _alerts(several)]


def _of_plain(alert: Mapping[str, Any], place: str) -> Event:
	labels = _texts(alert.get("labels", {}), f"{place}.labels")
	event = _text(alert.get("event", ""), f"{place}.event")
	if not event:
		raise Unreadable(f"{place}.event: give each alert an id, the same when it fires and when it is over")
	firing = _is_firing(alert.get("state"), f"{place}.state")
	text = _text(alert.get("text", ""), f"{place}.text")
	return Event(
		fingerprint=_text(alert.get("key", ""), f"{place}.key") or (_hash(labels) if labels else event),
		event=event,
		firing=firing,
		labels=labels,
		annotations={"description": text} if text else {},
		title=_text(alert.get("title", ""), f"{place}.title").strip() or _named(labels) or event,
		link=_text(alert.get("link", ""), f"{place}.link"),
		started=_moment(alert.get("started_at"), f"{place}.started_at"),
		ended=None if firing else _moment(alert.get("ended_at"), f"{place}.ended_at"),
		group=_text(alert.get("group", ""), f"{place}.group"),
	)


def _alerts(payload: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
	alerts = payload.get("alerts")
	if not isinstance(alerts, list) or not alerts:
		raise Unreadable("alerts: must be a list with at least one alert")
	if len(alerts) > MAX_ALERTS:
		raise Unreadable(f"alerts: send {MAX_ALERTS} at most at once")
	for number, alert in enumerate(alerts):
		if not isinstance(alert, Mapping):
			raise Unreadable(f"alerts[{number}]: must be an object")
	return [(f"alerts[{number}]", alert) for number, alert in enumerate(alerts)]


def _is_firing(value: Any, place: str) -> bool:
	if value not in ("firing", "resolved"):
		raise Unreadable(f"{place}: must be firing or resolved")
	return bool(value == "firing")


def _texts(value: Any, place: str) -> dict[str, str]:
	if not isinstance(value, Mapping) or len(value) > MAX_LABELS:
		raise Unreadable(f"{place}: must be an object of {MAX_LABELS} texts at most")
	return {str(key)[:140]: _text(text, f"{place}.{str(key)[:140]}") for key, text in value.items()}


def _text(value: Any, place: str) -> str:
	if not isinstance(value, str):
		raise Unreadable(f"{place}: must be a text")
	# four bytes of nothing and halves of characters cannot be stored
	return value.replace("\0", "").encode("utf-8", "replace").decode()[:MAX_TEXT]


def _moment(value: Any, place: str) -> int | None:
	"""UTC seconds of an RFC 3339 time; None where there is none, or one before alerts were invented."""
	if value in (None, ""):
		return None
	try:
		moment = datetime.fromisoformat(_seconds(str(value)))
	except ValueError:
		raise Unreadable(f"{place}: must be a time as in 2026-11-28T17:00:00Z") from None
	if moment.tzinfo is None:
		raise Unreadable(f"{place}: must name its time zone, as in 2026-11-28T17:00:00Z")
	if moment.year < EARLIEST.year or moment.year > 9000:
		return None
	return int(moment.timestamp())


def _seconds(text: str) -> str:
	"""Without more digits of a second than Python reads: Go writes nanoseconds."""
	head, dot, rest = text.partition(".")
	if not dot:
		return text
	digits = len(rest) - len(rest.lstrip("0123456789"))
	return f"{head}.{rest[: min(digits, 6)]:0<6}{rest[digits:]}" if digits else text


def _named(labels: Mapping[str, str]) -> str:
	return " · ".join(labels[key] for key in ("alertname", "instance") if labels.get(key))


def _hash(labels: Mapping[str, str]) -> str:
	return hashlib.sha256(json.dumps(labels, sort_keys=True).encode()).hexdigest()[:32]
