"""Visits of the demo: planned ones, and reported ones with parts, findings and the customer's signature."""

from __future__ import annotations

import base64
import io
import zlib
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, add_to_date, get_datetime, today
from PIL import Image, ImageDraw

from support_service.demo.base import acting_as
from support_service.demo.case_data import Planned, Went
from support_service.demo.goods import serials_in, van_of
from support_service.demo.goods_data import BATCH, GOODS
from support_service.demo.people import email_of
from support_service.field_service import signing
from support_service.service_charging.decision import visits as visit_decisions

TRACKED = {good.code: good.tracked for good in GOODS}


def engineer_of(login: str) -> str:
	"""Service Engineer record of a login."""
	return frappe.db.get_value("Service Engineer", {"user": email_of(login)})


def plan(request: str, step: Planned) -> str:
	"""A visit to come; returns its name."""
	start = get_datetime(f"{add_days(today(), step.days)} {step.at}:00")
	with acting_as(email_of(step.engineer)):
		return (
			frappe.get_doc(
				{
					"doctype": "Engineer Visit",
					"service_request": request,
					"engineer": engineer_of(step.engineer),
					"visit_type": "Remote" if step.remote else "On Site",
					"planned_start": start,
					"planned_end": add_to_date(start, hours=2),
					"preparation_note": step.note,
				}
			)
			.insert()
			.name
		)


def report(request: str, step: Went, departed: datetime) -> dict[str, datetime]:
	"""Insert and submit the visit as its engineer; returns the moment of each move it caused, by action."""
	travel, work = (timedelta(minutes=minutes) for minutes in step.minutes)
	arrived, left = departed + travel, departed + travel + work
	signer = frappe.db.get_value("Service Request", request, "contact_name")
	with acting_as(email_of(step.engineer)):
		visit = frappe.get_doc(
			{
				"doctype": "Engineer Visit",
				"service_request": request,
				"engineer": engineer_of(step.engineer),
				"visit_type": "Remote" if step.remote else "On Site",
				"planned_start": departed,
				"planned_end": left,
				"departed_at": departed,
				"arrived_at": arrived,
				"left_at": left,
				"travel_minutes": step.minutes[0],
				"outcome": step.outcome,
				"findings": f"<p>{step.findings}</p>",
				"work_done": f"<p>{step.work_done}</p>",
				"prevention": step.prevention,
				"parts": [part_row(step.engineer, *part, removed=step.removed) for part in step.parts],
				"signed_by": signer,
				"signed_at": left,
			}
		).insert()
		sign(visit, signer)
		visit.submit()
	done = left + timedelta(minutes=5)
	waits = {"wait_for_parts": done, "wait_for_customer": done}
	return {"start": departed, "restore": left, "resolve": done, **waits}


def sign(visit: Document, signer: str) -> None:
	"""Let the customer sign, for the amount that the form shows above; on the phone they agree to what is charged."""
	charge = signing.charge_of(visit_decisions.expected(visit), visit.company)
	if visit.visit_type == "On Site":
		visit.update({"signature": signature(signer), "charge_shown": str(charge)})
	elif charge:
		signing.allow(visit, "The customer agreed on the phone")


def part_row(login: str, code: str, qty: float, fitted: bool, *, removed: bool = False) -> dict[str, Any]:
	"""One part row drawn from the engineer's van, with the serial numbers lying there. removed: the old part comes back to us."""
	serials = serials_in(code, van_of(login), int(qty)) if TRACKED[code] == "serial" else ()
	return {
		"item_code": code,
		"qty": qty,
		"serial_nos": "\n".join(serials),
		"batch_no": BATCH if TRACKED[code] == "batch" else None,
		"fit_to_unit": int(fitted),
		"removed_goes_to": "Back to Us" if removed and fitted else None,
	}


def signature(name: str) -> str:
	"""A scribble as the signature pad stores it (PNG data URL), the same for the same name."""
	picture = Image.new("RGBA", (360, 120), (255, 255, 255, 0))
	draw = ImageDraw.Draw(picture)
	seed = zlib.crc32(name.encode())
	points = []
	for step in range(26):
		seed = (seed * 1103515245 + 12345) % 2**31
		points.append((24 + step * 12, 30 + (seed >> 8) % 62))
	draw.line(points, fill=(20, 30, 90, 255), width=3, joint="curve")
	stream = io.BytesIO()
	picture.save(stream, "PNG")
	return "data:image/png;base64," + base64.b64encode(stream.getvalue()).decode()
