"""Role names, in one place."""

DESK_AGENT = "Service Desk Agent"
ENGINEER = "Service Engineer"
LEAD = "After-Sales Lead"
MANAGER = "Service Manager"
CUSTOMER = "Customer"  # ERPNext's own portal role

STAFF = (DESK_AGENT, ENGINEER, LEAD, MANAGER)
