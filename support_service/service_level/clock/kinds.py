"""The clocks we ship: which happenings of a case start, stop and excuse each. Frappe-free.

Happenings come from the case's table of moves (`happenings` in lifecycle.py) and from visits.
"""

from __future__ import annotations

from dataclasses import dataclass

from support_service.constants.words import N_
from support_service.service_level.clock.rules import Event

CREATED = "created"
RESPONDED = "responded"
ARRIVED = "arrived"
PLAN_DELIVERED = "plan_delivered"
RESTORED = "restored"
RESOLVED = "resolved"
REPORT_DELIVERED = "report_delivered"
HANDED_TO_SPECIALISTS = "handed_to_specialists"
REOPENED = "reopened"
CANCELLED = "cancelled"
# why a wait ended, where the case did not go on by itself
CUSTOMER_ANSWERED = "customer_answered"


@dataclass(frozen=True, slots=True)
class ClockKind:
	"""One kind of promise.

	name: stored value and English label (translated where shown).
	code: short, upper case, unique; part of the clock's number.
	starts / stops: happenings. excused_by: happenings after which it is not needed any more.
	reopens: a reopened case takes it up again if the solution that was no solution had stopped it.
	repeats: it starts a new round whenever one of `starts` happens and none is open.
	"""

	name: str
	code: str
	starts: tuple[str, ...]
	stops: tuple[str, ...]
	excused_by: tuple[str, ...] = ()
	reopens: bool = False
	repeats: bool = False

	def effect(self, happening: str, *, exists: bool, is_open: bool, stop_cause: str = "") -> Event | None:
		"""What `happening` does to the latest clock of this kind on a case; None for nothing."""
		if is_open:
			if happening in self.stops:
				return Event.STOPPED
			if happening == CANCELLED or happening in self.excused_by:
				return Event.NOT_NEEDED
			return None
		if happening in self.starts and (self.repeats or not exists):
			return Event.STARTED
		if happening == REOPENED and exists and self.reopens and stop_cause == RESOLVED:
			return Event.REOPENED
		return None


BUILTIN: tuple[ClockKind, ...] = (
	ClockKind(
		N_("First Response"),
		"FR",
		(CREATED,),
		(RESPONDED, ARRIVED, PLAN_DELIVERED, RESTORED, RESOLVED),
	),
	ClockKind(N_("On Site"), "OS", (CREATED,), (ARRIVED,), excused_by=(RESOLVED,), reopens=True),
	ClockKind(N_("Solution Plan"), "SP", (CREATED,), (PLAN_DELIVERED, RESOLVED)),
	ClockKind(N_("Business Restored"), "BR", (CREATED,), (RESTORED, RESOLVED), reopens=True),
	ClockKind(N_("Repair Complete"), "RC", (CREATED,), (RESOLVED,), reopens=True),
	ClockKind(N_("Specialist Solution"), "SS", (HANDED_TO_SPECIALISTS,), (RESOLVED,), reopens=True),
	ClockKind(
		N_("Report Delivered"),
		"RD",
		(RESOLVED,),
		(REPORT_DELIVERED,),
		excused_by=(REOPENED,),
		repeats=True,
	),
)
