from support_service.permissions.parent_rows import ParentRow


class ServiceSurveyAnswer(ParentRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.SmallText | None
		answered: DF.Check
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
		number: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		question: DF.SmallText | None
	# end: auto-generated types
