import frappe
from frappe import _, form_dict

from support_service.customer_portal import pages, words
from support_service.customer_portal.knowledge import articles

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("Report a problem"), "new")
	if not customers:
		return
	names = frappe.get_all(
		"Customer",
		filters={"name": ["in", sorted(customers)]},
		fields=["name", "customer_name"],
		as_list=True,
	)
	context.update(
		{
			"article": articles.find_if_shown(form_dict.get("article")),
			"subject": (form_dict.get("subject") or "")[: pages.SEARCH_LENGTH],
			"units": pages.own_units(customers),
			"chosen_unit": form_dict.get("unit") or "",
			"customers": names,
			"types": words.type_choices(),
			"urgencies": words.urgency_choices(),
			"channels": words.channel_choices(),
			"phone": pages.own_contact(min(customers)).phone,
		}
	)
