from frappe import _, form_dict

from support_service.customer_portal import pages
from support_service.customer_portal.knowledge import articles

no_cache = 1


def get_context(context):
	customers = pages.open_page(context, _("Help and answers"), "knowledge")
	if not customers:
		return
	article = articles.find_article(form_dict.get("name"))
	context.update(articles.view(article))
	context.title = article.title
