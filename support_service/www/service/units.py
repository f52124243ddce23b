from frappe import _

from support_service.service_intake import portal

no_cache = 1


def get_context(context):
	customers = portal.open_page(context, _("My devices"), "units")
	if customers:
		context.units = portal.own_units(customers)
		context.open_cases = portal.open_case_counts(customers)
