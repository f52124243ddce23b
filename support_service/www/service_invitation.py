from frappe import _, form_dict

from support_service.customer_portal import people

no_cache = 1


def get_context(context):
	"""Context of the page behind the link in a mail. It only shows; accepting takes a click, so a mail scanner accepts nothing."""
	context.no_cache = 1
	context.sitemap = 0
	context.title = _("Invitation")
	context.update(people.link_page(form_dict.get("token") or ""))
