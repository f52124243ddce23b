"""Sources of alerts, and payloads as Alertmanager sends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import frappe

from support_service.service_intake.alerts import proof
from tests import factories

RECEIVE = f"/api/method/{proof.RECEIVE}"
NOT_ENDED = "0001-01-01T00:00:00Z"


def make_source(**overrides: Any) -> Any:
	"""A source whose requests are opened by an agent; it has a token in `flags.token`."""
	name = factories.unique("source").replace(" ", "-")
	values = {
		"source_name": name,
		"run_as": factories.make_user("Service Desk Agent").name,
		"flapping_minutes": 0,
	}
	source = factories.insert("Alert Source", values, overrides)
	source.flags.token = proof.new_token(source.name)
	return source


def moment(minutes: float = 0) -> str:
	"""An RFC 3339 time so many minutes from now, with nanoseconds as Go writes them."""
	at = datetime.now(UTC) + timedelta(minutes=minutes)
	return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


def alert(
	number: Any = 1,
	*,
	firing: bool = True,
	started: str | None = None,
	ended: str | None = None,
	**labels: str,
) -> dict:
	return {
		"status": "firing" if firing else "resolved",
		"labels": {"alertname": "DiskFull", "instance": f"host-{number}", **labels},
		"annotations": {"summary": f"Disk of host-{number} is full"},
		"startsAt": started or moment(-10),
		"endsAt": NOT_ENDED if firing else (ended or moment(-1)),
		"generatorURL": "http://prometheus.example.com/graph",
		"fingerprint": f"{abs(hash(str(number))):016x}"[:16]
		if not isinstance(number, int)
		else f"{number:016x}",
	}


def payload(*alerts: dict, group: str = '{}:{alertname="DiskFull"}') -> dict:
	return {
		"version": "4",
		"groupKey": group,
		"truncatedAlerts": 0,
		"status": "firing",
		"receiver": "support",
		"groupLabels": {},
		"commonLabels": {},
		"commonAnnotations": {},
		"externalURL": "http://alertmanager.example.com",
		"alerts": list(alerts),
	}


def rows_of(source: str) -> list[Any]:
	fields = ["name", "state", "progress", "service_request", "deliveries", "fired", "error", "due_at"]
	return frappe.get_all("Service Alert", {"source": source}, fields, order_by="creation, name")


def cases_of(source: str) -> set[str]:
	return {row.service_request for row in rows_of(source)} - {None}
