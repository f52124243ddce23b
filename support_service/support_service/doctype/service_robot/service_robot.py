from frappe.model.document import Document

from support_service.foundation import typed
from support_service.support_service.messaging.ways import robots

# how much was sent, and since when the maker takes no more; written where it is sent
COUNTED = ("paused_until", "minute_began", "minute_count")


class ServiceRobot(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link | None
		disabled: DF.Check
		kind: DF.Literal["WeCom", "DingTalk", "Feishu", "Slack"]
		minute_began: DF.Datetime | None
		minute_count: DF.Int
		paused_until: DF.Datetime | None
		robot_name: DF.Data
		secret: DF.Password | None
		webhook_url: DF.Password
	# end: auto-generated types

	def validate(self) -> None:
		"""A typed address must be the maker's; the stored one is shown as asterisks and was checked when it was typed."""
		typed.refuse_given(self, COUNTED)
		url = self.webhook_url if not self.is_dummy_password(self.webhook_url) else None
		if url or self.has_value_changed("kind"):
			url = url or self.get_password("webhook_url", raise_exception=False)
			robots.check_host(self.kind, url)
		if self.has_value_changed("kind") or url:
			self.paused_until = None
