from frappe import _, form_dict

from support_service.customer_portal import survey

no_cache = 1


def get_context(context):
	"""Context of the page behind the link in a mail. It only shows; answering takes a click, so a mail scanner answers nothing."""
	context.no_cache = 1
	context.sitemap = 0
	context.update(survey.page(form_dict.get("token") or ""))
	context.title = _("Your opinion")
