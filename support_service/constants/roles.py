"""The names of the roles that our rules mention."""

from support_service.constants.words import N_

DESK_AGENT = N_("Service Desk Agent")
ENGINEER = N_("Service Engineer")
LEAD = N_("After-Sales Lead")
MANAGER = N_("Service Manager")
CUSTOMER = "Customer"  # ERPNext's own portal role

STAFF = (DESK_AGENT, ENGINEER, LEAD, MANAGER)
