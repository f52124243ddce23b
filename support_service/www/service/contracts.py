from frappe import _

from support_service.service_intake import portal, portal_contracts

no_cache = 1


def get_context(context):
	customers = portal.open_page(context, _("My contracts"), "contracts")
	if customers:
		context.contracts = portal_contracts.contracts(customers)
