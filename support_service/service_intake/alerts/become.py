"""What an alert becomes: the request that is opened for it. Used by the sweep and by the test button of a source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frappe import _
from frappe.utils import escape_html

from support_service.foundation import language
from support_service.service_intake.alerts import mapping
from support_service.service_intake.alerts.mapping import Rule
from support_service.service_intake.intake import IntakePayload


def wanted(source: Any, labels: Mapping[str, str]) -> dict[str, str]:
	"""Unit, customer, team, impact and urgency by the source's rows: field → value, only those that are known."""
	rules = [
		Rule(row.label, row.match, row.value, {name: row.get(name) for name in mapping.SETS})
		for row in source.mappings
	]
	return mapping.result(rules, labels, {name: source.get(name) for name in mapping.SETS})


def payload(
	source: Any, *, title: str, labels: Mapping[str, str], annotations: Mapping[str, str], link: str | None
) -> IntakePayload:
	"""The request. What the alert says is shown as text, whatever it contains."""
	return IntakePayload(
		subject=title[:140],
		description=description(labels, annotations, link),
		request_type=source.request_type,
		company=source.company or None,
		**wanted(source, labels),
	)


def description(labels: Mapping[str, str], annotations: Mapping[str, str], link: str | None) -> str:
	"""Annotations and labels as safe HTML."""
	lines = [f"<p>{escape_html(text)}</p>" for text in annotations.values() if text]
	if link:
		label = _("Address at the Source", language.of_site())
		lines.append(f"<p>{escape_html(label)}: {escape_html(link)}</p>")
	rows = "".join(
		f"<tr><td>{escape_html(name)}</td><td>{escape_html(value)}</td></tr>"
		for name, value in sorted(labels.items())
	)
	return "".join(lines) + (f"<table><tbody>{rows}</tbody></table>" if rows else "")
