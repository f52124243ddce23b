"""Who may list installed software: whoever may see its unit."""

from support_service.permissions.documents import installed_unit
from support_service.permissions.parent_rows import query_of

query = query_of(installed_unit.RULE, "Installed Software")
