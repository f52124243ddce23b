from frappe import form_dict

from support_service.customer_portal import case_page as portal_case
from support_service.customer_portal import pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, form_dict.get("name") or "", "cases")
	case = pages.find_own("Service Request", form_dict.get("name"), customers)
	context.update(portal_case.view(case))
	context.title = case.subject
