from frappe import _, form_dict

from support_service.customer_portal import unit_label

no_cache = 1


def get_context(context):
	"""Context of the page behind the code on a device. It only shows; reporting takes a click."""
	context.no_cache = 1
	context.sitemap = 0
	context.title = _("Report a problem")
	context.update(unit_label.page(form_dict.get("token") or ""))
