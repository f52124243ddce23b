"""What the demo company has agreed with its customers. Frappe-free; money in the company's currency."""

from dataclasses import dataclass

ITEM = ("SVC-CONTRACT", "Service Contract Fee")
FULL, BASIC = "Full Service", "Inspections and Visits"


@dataclass(frozen=True, slots=True)
class Offer:
	"""A template. included: kind → how much per contract year; None: without limit."""

	included: dict[str, float | None]
	price: float
	interval: str
	excludes: tuple[str, ...] = ()
	months: int = 12


TEMPLATES = {
	FULL: Offer(
		{"Visits": None, "Labour Hours": None, "Inspections": 4, "Parts Value": 30000},
		48000,
		"Quarterly",
		("Water damage", "Lightning", "Repair by others"),
	),
	BASIC: Offer(
		{"Visits": 4, "Labour Hours": 24, "Inspections": 2},
		12000,
		"In Advance",
		("Parts", "Repair by others"),
	),
}


@dataclass(frozen=True, slots=True)
class Agreement:
	"""A contract. begun: days since its start. units: serial numbers, none for all. engineer: login. used: kind → how much."""

	customer: str
	template: str
	begun: int
	units: tuple[str, ...] = ()
	policy: str | None = None
	engineer: str | None = None
	used: tuple[tuple[str, float], ...] = ()


AGREEMENTS = (
	Agreement(
		"hospital",
		FULL,
		100,
		policy="Top plan · 江城第一人民医院",
		engineer="zhang.wei",
		used=(("Inspections", 1), ("Visits", 2)),
	),
	Agreement(
		"datacentre",
		BASIC,
		120,
		units=("CRAC20-0904", "UPS6K-240140"),
		used=(("Visits", 3), ("Labour Hours", 11.5)),
	),
	# its term is nearly over: the next one is proposed
	Agreement("factory", BASIC, 330, used=(("Visits", 4), ("Inspections", 1))),
)
