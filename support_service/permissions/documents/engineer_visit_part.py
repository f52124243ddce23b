"""Who may list part rows: whoever may see their visit."""

from support_service.permissions.documents import engineer_visit
from support_service.permissions.parent_rows import query_of

query = query_of(engineer_visit.RULE, "Engineer Visit Part")
