"""Who may list decision lines: core checks only the right to read *any* decision, so the rows follow theirs here."""

from support_service.permissions.documents import coverage_decision
from support_service.permissions.parent_rows import query_of

query = query_of(coverage_decision.RULE, "Coverage Decision Line")
