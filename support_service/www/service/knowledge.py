from frappe import _, form_dict

from support_service.customer_portal import pages
from support_service.customer_portal.knowledge import articles

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("Help and answers"), "knowledge")
	search = (form_dict.get("q") or "").strip()[: articles.LONGEST_SEARCH]
	context.search = search
	if customers:
		context.found = articles.search(search) if search else []
		context.groups = [] if search else articles.overview()
