from frappe import _

from support_service.customer_portal import loans, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("My devices"), "units")
	if customers:
		context.units = pages.own_units(customers)
		context.on_loan = loans.due_dates([unit.name for unit in context.units], customers)
		context.open_cases = pages.open_case_counts(customers)
