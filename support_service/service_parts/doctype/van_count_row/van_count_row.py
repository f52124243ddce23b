from support_service.permissions.parent_rows import ParentRow


class VanCountRow(ParentRow):
	"""One item, or one batch of it, in a count of a van."""
