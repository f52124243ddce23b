"""Visits store which share they made: a case shared with an engineer of another team, for as long as the visit is open.

Until now such a share stayed for good, and nothing said that the app had made it. It is recognised by this: it was made in the
same moment as the visit, for its engineer, by whoever planned it, and was not changed since. For an open visit the share is
stored with it, for one that is over it is removed.
"""

import frappe
from frappe.utils import time_diff_in_seconds

from support_service.field_service import case_sharing

SAME_MOMENT = 10  # seconds


def execute() -> None:
	"""Look only at visits that store no share yet."""
	visit, share = frappe.qb.DocType(case_sharing.VISIT), frappe.qb.DocType(case_sharing.SHARE)
	rows = (
		frappe.qb.from_(visit)
		.join(share)
		.on((share.share_name == visit.service_request) & (share.user == visit.engineer_user))
		.where((share.share_doctype == case_sharing.CASE) & (share.owner == visit.owner))
		.where((share.creation == share.modified) & (share.write == 0) & (share.everyone == 0))
		.where(visit.lent_share.isnull())
		.orderby(visit.creation)
		.select(visit.name, visit.creation, share.name.as_("share"), share.creation.as_("shared"))
		.run(as_dict=True)
	)
	for row in rows:
		if not 0 <= time_diff_in_seconds(row.shared, row.creation) <= SAME_MOMENT:
			continue
		frappe.db.set_value(case_sharing.VISIT, row.name, "lent_share", row.share, update_modified=False)
		doc = frappe.get_doc(case_sharing.VISIT, row.name)
		if doc.docstatus:
			case_sharing.end(doc)
