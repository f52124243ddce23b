from support_service.permissions.parent_rows import ParentRow


class ServiceSurveyQuestion(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		choices: DF.SmallText | None
		kind: DF.Literal[
			"Satisfaction (1 to 5)",
			"Recommendation (0 to 10)",
			"Effort (1 to 7)",
			"Yes or No",
			"Choice",
			"Words",
		]
		mandatory: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		question: DF.Data
	# end: auto-generated types
