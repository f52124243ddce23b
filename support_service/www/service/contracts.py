from frappe import _

from support_service.customer_portal import contracts, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("My contracts"), "contracts")
	if customers:
		context.contracts = contracts.contracts(customers)
