"""For Frappe's test runner only: ERPNext's tests make the same records with the app as without. Our tests are in tests/."""

from support_service.foundation.test_records import linked_by

test_ignore = linked_by("Equipment Loan")
