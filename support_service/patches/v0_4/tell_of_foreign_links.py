"""Documents that name a unit, site or contact of another customer are listed for an admin; none is changed.

Until now the server did not check this. Coverage decisions ignore such units from now on; only a person can say whether the
customer or the unit is wrong.
"""

import frappe

from support_service.belonging import find


def execute() -> None:
	"""One entry in the Error Log, or none; again each time it is run, as long as there are any."""
	found = find.violations()
	if not found:
		return
	lines = ["{doctype} {name} of {customer}: {field} {value}".format(**one) for one in found]
	frappe.log_error(f"{len(found)} documents name something of another customer", "\n".join(lines))
