"""The warranty policy an installation begins with, seeded once.

One year from delivery for parts, labour and travel. From then on it belongs to the admin: nothing is written
again, and nothing is added to a site that has policies of its own.
"""

import frappe

from support_service.constants.words import N_

STANDARD_POLICY = "Standard"
# stored in English, shown in the reader's language
EXCLUSIONS = (
	(N_("Misuse, or use against the manual"), "All"),
	(N_("Damage by accident, transport, liquids, or wrong power supply"), "All"),
	(N_("Fire, flood, lightning, earthquake, or other force majeure"), "All"),
	(N_("Opened, altered, or repaired by people we did not authorise"), "All"),
	(N_("Serial number removed or illegible"), "All"),
	(N_("Consumables and parts that wear out in normal use"), "Parts"),
)


def seed() -> None:
	"""Create the standard policy on a site that has no warranty policy."""
	if frappe.get_all("Warranty Policy", limit=1):
		return
	frappe.get_doc(
		{
			"doctype": "Warranty Policy",
			"policy_name": STANDARD_POLICY,
			"exclusions": [
				{"exclusion": exclusion, "applies_to": applies_to} for exclusion, applies_to in EXCLUSIONS
			],
		}
	).insert()
