from frappe import form_dict

from support_service.service_intake import portal, portal_case

no_cache = 1


def get_context(context):
	customers = portal.open_page(context, form_dict.get("name") or "", "cases")
	case = portal.find_own("Service Request", form_dict.get("name"), customers)
	context.update(portal_case.view(case))
	context.title = case.subject
