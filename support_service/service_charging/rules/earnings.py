"""What a case cost, what it charges, and what is left of it. Frappe-free; all amounts in the company's currency."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Earnings:
	"""The amounts of one case.

	parts: value of what left stock, less what came back. labour, travel: None where nobody knows what an hour costs. charged: what
	the decisions about done work charge, and sales. covered: what warranties and contracts paid of it at list price. billed,
	credited: on submitted invoices and credit notes, both positive.
	"""

	parts: float
	labour: float | None
	travel: float | None
	charged: float
	covered: float
	billed: float
	credited: float
	digits: int = 2

	@property
	def cost(self) -> float:
		"""As far as it is known."""
		return round(self.parts + (self.labour or 0.0) + (self.travel or 0.0), self.digits)

	@property
	def is_whole(self) -> bool:
		"""Whether all costs are known."""
		return self.labour is not None and self.travel is not None

	@property
	def margin(self) -> float:
		"""What is left of the charge; negative where the case cost us more, as a covered one does."""
		return round(self.charged - self.cost, self.digits)

	@property
	def percent(self) -> float | None:
		"""The margin in percent of the charge; None where nothing is charged."""
		return round(100 * self.margin / self.charged, 1) if self.charged else None

	@property
	def open(self) -> float:
		"""What is charged and not billed; below zero where more stands billed than is charged."""
		return round(self.charged - self.billed + self.credited, self.digits)
