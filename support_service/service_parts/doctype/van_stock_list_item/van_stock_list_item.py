from support_service.permissions.parent_rows import ParentRow


class VanStockListItem(ParentRow):
	"""An item that vans carry: filled up below the one quantity, to the other."""
