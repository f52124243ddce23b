from frappe import _, form_dict

from support_service.customer_portal import pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("My requests"), "cases")
	show_all = form_dict.get("show") == "all"
	search = (form_dict.get("q") or "")[: pages.SEARCH_LENGTH]
	context.update({"show_all": show_all, "search": search})
	if customers:
		context.cases = pages.case_page(
			customers, show_all=show_all, search=search, page=form_dict.get("page") or 1
		)
