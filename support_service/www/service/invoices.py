from frappe import _

from support_service.customer_portal import invoices, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("My invoices"), "invoices")
	if customers:
		context.invoices = invoices.invoices(customers)
