"""What contracts and warranties show of other records; see foundation/copies.py."""

from __future__ import annotations

from support_service.foundation.copies import Copy, draft, everywhere

WARRANTY, CONTRACT, CONTRACT_UNIT = "Service Warranty", "Service Contract", "Service Contract Unit"
REGISTER = "Warranties are a register, not papers: they show whom and what they are for today."
SIGNED = (
	"A submitted contract keeps the names under which it was signed; its customer is linked all the same."
)

COPIES = (
	Copy(WARRANTY, "customer_name", "customer", "Customer", "customer_name", REGISTER, everywhere),
	Copy(WARRANTY, "unit_name", "installed_unit", "Installed Unit", "unit_name", REGISTER, everywhere),
	Copy(WARRANTY, "serial_label", "installed_unit", "Installed Unit", "serial_label", REGISTER, everywhere),
	Copy(CONTRACT, "customer_name", "customer", "Customer", "customer_name", SIGNED, draft),
	Copy(CONTRACT_UNIT, "unit_name", "installed_unit", "Installed Unit", "unit_name", SIGNED, draft),
	Copy(CONTRACT_UNIT, "serial_label", "installed_unit", "Installed Unit", "serial_label", SIGNED, draft),
)
