"""The kanban board of cases. Dragging a card saves its status, which `moves.guard` treats as a request for the move."""

import frappe

from support_service.constants.words import N_

BOARD = N_("Cases by Status")
# Frappe's names of colours; what is over is reached by a survey or the lead, not by dragging
COLUMNS = (
	("New", "Orange", "Active"),
	("Assigned", "Blue", "Active"),
	("In Progress", "Purple", "Active"),
	("Waiting for Customer", "Yellow", "Active"),
	("Waiting for Parts", "Yellow", "Active"),
	("Waiting for Vendor", "Yellow", "Active"),
	("Resolved", "Cyan", "Active"),
	("Closed", "Green", "Archived"),
	("Cancelled", "Gray", "Archived"),
)
# by "in", not "not in": only the former reads an index
LIVE_STATES = [name for name, _colour, state in COLUMNS if state == "Active"]
CARD_FIELDS = ("customer_name", "priority", "engineer_name")


def seed_board() -> None:
	"""Create the board once; an admin's later changes, and every drag, are kept.

	It shows what is not closed, so that opening it costs the same however long the history.
	"""
	if frappe.db.exists("Kanban Board", BOARD):
		return
	frappe.get_doc(
		{
			"doctype": "Kanban Board",
			"kanban_board_name": BOARD,
			"reference_doctype": "Service Request",
			"field_name": "status",
			"private": 0,
			"show_labels": 1,
			"filters": frappe.as_json([["Service Request", "status", "in", LIVE_STATES]]),
			"fields": frappe.as_json(list(CARD_FIELDS)),
			"columns": [
				{"column_name": name, "indicator": colour, "status": state, "order": "[]"}
				for name, colour, state in COLUMNS
			],
		}
	).insert()
