import frappe
from frappe import _, form_dict

from support_service.customer_portal import chat_page, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("Chat"), "chat")
	if not customers:
		return
	if not context.has_chat:
		frappe.local.flags.redirect_location = "/service"
		raise frappe.Redirect(302)
	context.update(chat_page.view(customers, request=form_dict.get("request"), unit=form_dict.get("unit")))
