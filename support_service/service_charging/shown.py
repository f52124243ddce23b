"""Decisions as the desk's pages show them."""

from __future__ import annotations

from typing import Any

from support_service.permissions import prices
from support_service.service_charging.billing import charging
from support_service.service_charging.decision import words
from support_service.service_charging.decision.store import CURRENT, INTAKE, SALE, WAITING

LINE_FIELDS = (
	"name",
	"kind",
	"item_code",
	"description",
	"qty",
	"uom",
	"rate",
	"amount",
	"result",
	"covered_share",
	"rule_share",
	"charge",
	"overridden",
)
DECISION_FIELDS = (
	"name",
	"stage",
	"outcome",
	"status",
	"acceptance",
	"answered_by",
	"answered_on",
	"answered_how",
	"asked_on",
	"charged_amount",
	"covered_amount",
	"total",
	"currency",
	"decided_for",
	"engineer_visit",
	"exclusion",
	"exclusion_reason",
	"quotation",
	"sales_order",
	"sales_invoice",
)
# of a decision and of its lines
AMOUNTS = ("charged_amount", "covered_amount", "total", "rate", "amount", "charge")


def describe(doc: Any) -> dict[str, Any]:
	"""A decision as pages show it; without amounts for those who see no prices (permissions/prices.py)."""
	priced = prices.sees_charges()
	hidden = () if priced else AMOUNTS
	return {
		**{name: None if name in hidden else doc.get(name) for name in DECISION_FIELDS},
		"charge": charging.describe(doc) if priced else {"billed": 0, "promised": 0, "offered": 0},
		"waits": doc.status == CURRENT and doc.acceptance in WAITING and doc.stage != INTAKE,
		"lines": [
			{
				**{name: None if name in hidden else row.get(name) for name in LINE_FIELDS},
				"sentence": words.of_line(row, priced=priced, sold=doc.stage == SALE),
			}
			for row in doc.lines
		],
	}
