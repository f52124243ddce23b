from frappe import _

from support_service.customer_portal import loans, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("On loan to me"), "loans")
	if customers:
		context.loans = loans.loans(customers)
		for loan in context.loans:
			# a colleague's request is not named
			loan["case"] = loan["case"] if loan["case"] and pages.sees_case(loan["case"]) else None
