from frappe import form_dict

from support_service.customer_portal import case_page, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, form_dict.get("name") or "", "cases")
	case = pages.find_own("Service Request", form_dict.get("name"), customers)
	context.update(case_page.view(case))
	context.title = case.subject
