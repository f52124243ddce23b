from frappe import _

from support_service.customer_portal import pages, people

no_cache = 1


def get_context(context):
	pages.open_page(context, _("My colleagues"), "people")
	context.groups = people.people_page()
