import frappe
from frappe import form_dict

from support_service.customer_portal import case_page, pages

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, form_dict.get("name") or "", "cases")
	case = pages.find_whole(form_dict.get("name"), customers)
	if case.name != form_dict.get("name"):
		# a link to a request that was merged leads to the one it goes on as
		frappe.local.flags.redirect_location = f"/service/{case.name}"
		raise frappe.Redirect(302)
	context.update(case_page.view(case))
	context.title = case.subject
