from frappe import form_dict

from support_service.customer_portal import loans, marked_files, pages, warranties
from support_service.installed_base import readings

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, "", "units")
	unit = pages.find_own("Installed Unit", form_dict.get("name"), customers)
	context.title = unit.unit_name
	context.unit = unit
	context.files = marked_files.listed(unit.doctype, unit.name, unit.customer)
	context.due = loans.due_dates([unit.name], customers).get(unit.name)
	context.meters = readings.latest_of(unit.name)
	context.warranties = warranties.warranties(unit.name, customers)
	# only cases of these customers: those of a former owner of the unit are not shown
	context.cases = pages.case_page(customers, show_all=True, unit=unit.name, page=form_dict.get("page") or 1)
