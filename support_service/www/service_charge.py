from frappe import _, form_dict

from support_service.customer_portal import charges

no_cache = 1


def get_context(context):
	"""The page behind the mail's link. It only shows: a mail scanner that follows links answers nothing."""
	context.no_cache = 1
	context.sitemap = 0
	context.title = _("What it will cost")
	context.update(charges.link_page(form_dict.get("token") or ""))
