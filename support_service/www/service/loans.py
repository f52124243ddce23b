from frappe import _

from support_service.customer_portal import loans, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("On loan to me"), "loans")
	if customers:
		context.loans = loans.loans(customers)
