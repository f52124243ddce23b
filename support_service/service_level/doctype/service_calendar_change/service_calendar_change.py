from support_service.permissions.parent_rows import ParentRow


class ServiceCalendarChange(ParentRow):
	pass
