from frappe import _, form_dict

from support_service.service_intake import portal

no_cache = 1


def get_context(context):
	customers = portal.open_page(context, _("My requests"), "cases")
	show_all = form_dict.get("show") == "all"
	search = (form_dict.get("q") or "")[: portal.SEARCH_LENGTH]
	context.update({"show_all": show_all, "search": search})
	if customers:
		context.cases = portal.case_page(
			customers, show_all=show_all, search=search, page=form_dict.get("page") or 1
		)
