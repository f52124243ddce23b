from frappe.model.document import Document

from support_service.service_knowledge import articles, help_articles, removal
from support_service.service_knowledge.search import index


class KnowledgeArticle(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		audience: DF.Literal["Staff", "Customers", "One Customer"]
		category: DF.Link | None
		cause: DF.TextEditor | None
		customer: DF.Link | None
		exchange_key: DF.Data | None
		help_article: DF.Link | None
		helpful: DF.Int
		item: DF.Link | None
		item_group: DF.Link | None
		keywords: DF.SmallText | None
		models: DF.SmallText | None
		not_helpful: DF.Int
		on_website: DF.Check
		outdated_reason: DF.SmallText | None
		published_on: DF.Datetime | None
		responsible: DF.Link | None
		review_date: DF.Date | None
		reviewed_by: DF.Link | None
		reviewed_on: DF.Datetime | None
		solution: DF.TextEditor | None
		solved_cases: DF.Int
		source_request: DF.Link | None
		state: DF.Literal["Draft", "Reviewed", "Published", "Outdated"]
		symptom: DF.TextEditor | None
		title: DF.Data
		versions: DF.Data | None
		written_by: DF.Link | None
	# end: auto-generated types

	def before_save(self):
		articles.before_save(self)

	def on_update(self):
		help_articles.follow(self)
		index.index(self)

	def on_trash(self):
		removal.on_trash(self)
