"""Who may do what with which DocType. Read by tests/site/test_access_matrix.py, which tries every cell over HTTP.

`file` is a private file that staff keep on the record: no page shows it to customers (tests/site/test_hidden_files.py).
`print` stands where customers may print; elsewhere printing asks what `see` asks, and a print takes long.
A cell says on which records the door opens: `a` (customer A, team A, whose people are customer_a, engineer and lead),
`b` (customer B, team B: customer_b, other_engineer), `ab` both, `-` neither. A row is a group of doors (see doors.py).

To add a DocType: a table here, and, unless it is a child table, a line in MAKERS (world.py), a harmless change in
TOUCH and, if anybody may create it, values in CREATE. A DocType of the app that is missing here fails the test.
`create` on side a/b means: with values that belong to that side.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

COLUMNS = "guest customer_a customer_b engineer other_engineer agent lead manager nobody"

# DocType → rows. Columns as in COLUMNS:
#           guest cust_a cust_b engineer other_e agent lead manager nobody
TABLES = {
	"Service Request": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  ab  a  ab  -
		print    -  a  b  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  a  b  ab  a  ab  -
		create   -  -  -  -  -  ab  ab ab  -
		delete   -  -  -  -  -  -   a  ab  -
	""",
	"Service Request Move": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		print    -  a  b  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Message": """
		see      -  -  -  -  -  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  -  -  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Message Template": """
		see      -  -  -  -  -  ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Robot": """
		see      -  -  -  -  -  ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Mail": """
		see      -  -  -  -  -  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  -  -  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Portal Invitation": """
		see      -  -  -  -  -  ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  -  -  ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Mailbox": """
		see      -  -  -  -  -  -   -  ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  -   -  ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Engineer Visit": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		print    -  a  b  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  a  b  ab  a  ab  -
		create   -  -  -  a  b  ab  a  ab  -
		delete   -  -  -  -  -  -   -  ab  -
		submit   -  -  -  a  b  -   a  ab  -
		cancel   -  -  -  -  -  -   a  ab  -
	""",
	"Engineer Visit Part": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Equipment Loan": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  a  b  ab  a  ab  -
		create   -  -  -  a  b  ab  a  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Equipment Loan Piece": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Equipment Loan Return": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Equipment Loan Entry": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Installed Unit": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  ab  ab ab  -
		print    -  a  b  ab ab ab  ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  ab ab ab  ab ab  -
		create   -  -  -  -  -  ab  ab ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Fitted Part Entry": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Warranty Policy": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Warranty Exclusion": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Warranty": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   ab ab  -
		print    -  a  b  ab ab ab  ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Warranty Entry": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Installed Unit Event": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Installed Software": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Unit Reading": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  ab ab ab  ab ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Survey": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		print    -  a  b  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Survey Answer": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Service Survey Template": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Survey Question": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Survey Plan": """
		see      -  -  -  -  -  ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Survey Plan Customer": """
		see rows -  -  -  -  -  ab  ab ab  -
	""",
	"Service Improvement": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  a  b  ab  a  ab  -
		create   -  -  -  -  -  ab  a  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Problem": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   ab ab  -
		create   -  -  -  -  -  -   ab ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Problem Case": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Coverage Decision": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		print    -  -  -  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Coverage Decision Line": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Supplier Claim": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		print    -  -  -  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   a  ab  -
		create   -  -  -  -  -  -   a  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Removed Part": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		print    -  -  -  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Removed Part Move": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Part Need": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  a  b  ab  a  ab  -
		create   -  -  -  a  b  ab  a  ab  -
		delete   -  -  -  -  -  -   a  ab  -
	""",
	"Part Reservation": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Spare Parts List": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   ab ab  -
		create   -  -  -  -  -  -   ab ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Spare Part": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Team": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Engineer": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   ab ab  -
		create   -  -  -  -  -  -   ab ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Calendar": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Calendar Window": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Calendar Break": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Calendar Change": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Calendar Version": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Level Policy": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Level Target": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Escalation Step": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Clock": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		print    -  -  -  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Clock Entry": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		print    -  -  -  a  b  ab  a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Van Count": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Van Count Row": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Van Handover": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   a  ab  -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   a  ab  -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Van Stock List": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   ab ab  -
		create   -  -  -  -  -  -   ab ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Van Stock List Item": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Contract Template": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Contract": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   ab ab  -
		print    -  a  b  ab ab ab  ab ab  -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
		cancel   -  -  -  -  -  -   -  ab  -
	""",
	"Service Contract Unit": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Contract Entitlement": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Contract Use": """
		see      -  -  -  ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Duty Shift": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Channel": """
		see      -  ab ab ab ab ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  ab ab ab ab ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Alert Source": """
		see      -  -  -  -  -  ab  ab ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  ab  ab ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Alert Label Mapping": """
		see rows -  -  -  -  -  ab  ab ab  -
	""",
	"Service Alert": """
		see      -  -  -  -  -  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  -  -  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Chat": """
		see      -  -  -  a  b  ab  a  ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  a  b  ab  a  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Chat Message": """
		see rows -  -  -  a  b  ab  a  ab  -
	""",
	"Service Call": """
		see      -  -  -  -  -  ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  -  -  ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service Call Back": """
		see      -  -  -  a  b  ab  ab ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  a  b  ab  ab ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service API Client": """
		see      -  -  -  -  -  -   -  ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  -   -  ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Webhook": """
		see      -  -  -  -  -  -   -  ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  -   -  ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  ab  -
	""",
	"Service Webhook Delivery": """
		see      -  -  -  -  -  -   -  ab  -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  -  -  -   -  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Service API Answer": """
		see      -  -  -  -  -  -   -  -   -
		export   -  -  -  -  -  -   -  -   -
		file     -  -  -  -  -  -   -  -   -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Support Service Settings": """
		see settings  -  -  -  ab ab ab  ab ab  -
		write         -  -  -  -  -  -   -  ab  -
	""",
	"Service Priority Rule": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Routing Rule": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Service Company Default": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Removed Part Rule": """
		see rows -  -  -  ab ab ab  ab ab  -
	""",
	"Takeover Run": """
		see      -  -  -  -  -  -   -  ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  -   -  ab  -
		write    -  -  -  -  -  -   -  ab  -
		create   -  -  -  -  -  -   -  ab  -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Takeover Finding": """
		see      -  -  -  -  -  -   -  ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  -   -  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Postponed Work": """
		see      -  -  -  -  -  -   -  ab  -
		export   -  -  -  -  -  -   -  ab  -
		file     -  -  -  -  -  -   -  ab  -
		write    -  -  -  -  -  -   -  -   -
		create   -  -  -  -  -  -   -  -   -
		delete   -  -  -  -  -  -   -  -   -
	""",
	"Serial and Batch Bundle": """
		see      -  -  -  a  b  -   a  ab  -
		write    -  -  -  a  b  -   a  ab  -
		create   -  -  -  a  b  -   a  ab  -
	""",
	"Serial and Batch Entry": """
		list rows -  -  -  a  b  -   a  ab  -
	""",
}

# ERPNext's, which the app narrows
FOREIGN = {"Serial and Batch Bundle", "Serial and Batch Entry"}

# child table → its parent, as whoever lists its rows names it
PARENTS = {
	"Engineer Visit Part": "Engineer Visit",
	"Alert Label Mapping": "Alert Source",
	"Spare Part": "Spare Parts List",
	"Coverage Decision Line": "Coverage Decision",
	"Equipment Loan Piece": "Equipment Loan",
	"Equipment Loan Return": "Equipment Loan",
	"Installed Software": "Installed Unit",
	"Service Priority Rule": "Support Service Settings",
	"Service Routing Rule": "Support Service Settings",
	"Service Company Default": "Support Service Settings",
	"Removed Part Rule": "Support Service Settings",
	"Removed Part Move": "Removed Part",
	"Service Chat Message": "Service Chat",
	"Serial and Batch Entry": "Serial and Batch Bundle",
	"Service Calendar Window": "Service Calendar",
	"Service Calendar Break": "Service Calendar",
	"Service Calendar Change": "Service Calendar",
	"Service Level Target": "Service Level Policy",
	"Service Escalation Step": "Service Level Policy",
	"Service Duty Shift": "Service Team",
	"Service Contract Unit": "Service Contract",
	"Service Contract Entitlement": "Service Contract",
	"Warranty Exclusion": "Warranty Policy",
	"Van Count Row": "Van Count",
	"Van Stock List Item": "Van Stock List",
	"Service Survey Answer": "Service Survey",
	"Service Survey Question": "Service Survey Template",
	"Service Survey Plan Customer": "Service Survey Plan",
	"Service Problem Case": "Service Problem",
}

# a change that harms nothing, per DocType
TOUCH: dict[str, dict[str, Any]] = {
	"Service Request": {"contact_name": "Somebody"},
	"Service Request Move": {"reason": "changed"},
	"Service Message": {"subject": "changed"},
	"Service Robot": {"disabled": 1},
	"Service Message Template": {"short_text": "changed"},
	"Service Mail": {"subject": "changed"},
	"Service Mailbox": {"hourly_limit": 30},
	"Portal Invitation": {"full_name": "changed"},
	"Engineer Visit": {"preparation_note": "changed"},
	"Equipment Loan": {"reason": "changed"},
	"Equipment Loan Entry": {"reason": "changed"},
	"Installed Unit": {"notes": "changed"},
	"Fitted Part Entry": {"serial_label": "changed"},
	"Warranty Policy": {"part_months": 4},
	"Service Warranty": {"serial_label": "changed"},
	"Service Warranty Entry": {"reason": "changed"},
	"Installed Unit Event": {"reason": "changed"},
	"Unit Reading": {"note": "changed"},
	"Service Survey": {"comment": "changed"},
	"Service Survey Template": {"introduction": "changed"},
	"Service Survey Plan": {"rest_days": 91},
	"Service Improvement": {"cause": "changed"},
	"Service Problem": {"fault": "changed"},
	"Coverage Decision": {"answer_note": "changed"},
	"Supplier Claim": {"answer": "changed"},
	"Van Count": {"discard_reason": "changed"},
	"Van Handover": {"reason": "changed"},
	"Van Stock List": {"disabled": 1},
	"Removed Part": {"vendor_reference": "changed"},
	"Part Need": {"note": "changed"},
	"Part Reservation": {"reason": "changed"},
	"Spare Parts List": {"disabled": 1},
	"Service Team": {"email": "team@example.com"},
	"Service Engineer": {"phone": "+86 10 5555 0100"},
	"Service Calendar": {"description": "changed"},
	"Service Calendar Version": {"content": "changed"},
	"Service Level Policy": {"description": "changed"},
	"Service Contract Template": {"terms": "changed"},
	"Service Contract": {"signed_by": "Somebody"},
	"Service Contract Use": {"reason": "changed"},
	"Service Clock": {"subject": "changed"},
	"Service Clock Entry": {"reason": "changed"},
	"Service Channel": {"description": "changed"},
	"Alert Source": {"flapping_minutes": 5},
	"Service Alert": {"title": "changed"},
	"Service Chat": {"ended_why": "Silence"},
	"Service Call": {"note": "changed"},
	"Service Call Back": {"note": "changed"},
	"Service API Client": {"requests_per_minute": 5},
	"Service API Answer": {"answer": "changed"},
	"Service Webhook": {"on_visit_done": 1},
	"Service Webhook Delivery": {"answer": "changed"},
	"Takeover Run": {"from_date": "2026-01-01"},
	"Takeover Finding": {"reason": "changed"},
	"Postponed Work": {"reason": "changed"},
	"Support Service Settings": {"survey_reminder_days": 3},
	"Serial and Batch Bundle": {"returned_against": "changed"},
}

Side = dict[str, str]
ZONE = ZoneInfo("Asia/Shanghai")  # dev/company.py


def now() -> datetime:
	"""The site's clock, not the machine's; without Frappe, which is not connected in the visitors' threads."""
	return datetime.now(ZONE).replace(microsecond=0, tzinfo=None)


def today() -> date:
	return now().date()


def _visit(side: Side) -> dict[str, Any]:
	start = now()
	return {
		"service_request": side["Service Request"],
		"engineer": side["engineer"],
		"company": side["company"],
		"planned_start": str(start),
		"planned_end": str(start + timedelta(hours=1)),
	}


CREATE: dict[str, Callable[[Side], dict[str, Any]]] = {
	"Service Request": lambda side: {
		"subject": "New",
		"request_type": "Fault",
		"channel": "Hotline",
		"customer": side["customer"],
		"company": side["company"],
	},
	"Engineer Visit": _visit,
	"Equipment Loan": lambda side: {
		"service_request": side["Service Request"],
		"from_date": str(today()),
		"until_date": str(today() + timedelta(days=7)),
	},
	"Equipment Loan Entry": lambda side: {"loan": side["Equipment Loan"], "action": "book"},
	"Installed Unit": lambda side: {"unit_name": "New", "customer": side["customer"]},
	"Service Request Move": lambda side: {"request": side["Service Request"], "action": "start"},
	"Service Mail": lambda side: {"request": side["Service Request"], "subject": "New"},
	"Service Mailbox": lambda side: {
		"email_id": f"box{now().timestamp()}@ours.example",
		"server": "127.0.0.1",
		"enabled": 0,
	},
	"Portal Invitation": lambda side: {"customer": side["customer"], "email": "colleague@example.com"},
	"Service Message": lambda side: {"request": side["Service Request"], "sender": "Email"},
	# of those in use there is one for each event and language
	"Service Message Template": lambda side: {"event": "Work Started", "language": "en", "disabled": 1},
	"Service Robot": lambda side: {
		"robot_name": f"Chat {now().timestamp()}",
		"kind": "WeCom",
		"customer": side["customer"],
		"webhook_url": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=new",
	},
	"Fitted Part Entry": lambda side: {"installed_unit": side["Installed Unit"], "kind": "Fitted"},
	"Warranty Policy": lambda side: {"months_parts": 6},
	"Service Warranty": lambda side: {
		"installed_unit": side["Installed Unit"],
		"imported": 1,
		"starts_on": str(today()),
		"ends_on": str(today() + timedelta(days=300)),
	},
	"Service Warranty Entry": lambda side: {"warranty": side["Service Warranty"], "event": "Started"},
	"Installed Unit Event": lambda side: {
		"installed_unit": side["Installed Unit"],
		"event": "Delivered",
		"happened_on": str(today()),
	},
	"Unit Reading": lambda side: {
		"installed_unit": side["Installed Unit"],
		"meter": "Pages",
		"value": 2,
		"read_at": str(now()),
	},
	"Service Survey": lambda side: {"service_request": side["Service Request"], "round": 9},
	"Service Survey Template": lambda side: {
		"title": f"Survey {now().timestamp()}",
		"questions": [{"question": "New", "kind": "Words"}],
	},
	"Service Survey Plan": lambda side: {
		"title": f"Plan {now().timestamp()}",
		"customers": [{"customer": side["customer"]}],
		"starts_on": str(today()),
	},
	"Service Improvement": lambda side: {
		"title": "New",
		"responsible": side["engineer_user"],
		"due_on": str(today()),
		"measure": "New",
		"service_request": side["Service Request"],
	},
	"Service Problem": lambda side: {"title": "New", "responsible": side["engineer_user"]},
	"Coverage Decision": lambda side: {"service_request": side["Service Request"], "stage": "Intake"},
	"Removed Part": lambda side: {
		"service_request": side["Service Request"],
		"engineer_visit": side["Engineer Visit"],
		"company": side["company"],
		"item_code": side["item"],
		"qty": 1,
	},
	"Supplier Claim": lambda side: {
		"supplier": side["supplier"],
		"service_request": side["Service Request"],
		"company": side["company"],
		"item_code": side["item"],
		"reason": "Unfit",
	},
	"Part Need": lambda side: {"service_request": side["Service Request"], "item_code": side["item"]},
	"Part Reservation": lambda side: {
		"part_need": side["Part Need"],
		"service_request": side["Service Request"],
		"item_code": side["item"],
		"qty": 1,
	},
	"Spare Parts List": lambda side: {"item_code": side["product"], "parts": [{"item_code": side["item"]}]},
	"Service Team": lambda side: {"department_queue": "Pre-Sales"},
	"Service Engineer": lambda side: {"engineer_name": "New"},
	"Service Calendar": lambda side: {"description": "New"},
	"Service Calendar Version": lambda side: {"calendar": side["Service Calendar"], "content": "{}"},
	"Service Level Policy": lambda side: {"description": "New"},
	"Service Contract Template": lambda side: {"months": 12},
	"Van Count": lambda side: {"engineer": side["engineer"], "warehouse": side["van"]},
	"Van Handover": lambda side: {"from_engineer": side["engineer"]},
	"Van Stock List": lambda side: {"list_name": f"List {now().timestamp()}", "items": []},
	"Service Contract": lambda side: {
		"title": "New",
		"customer": side["customer"],
		"company": side["company"],
		"start_date": str(today()),
		"end_date": str(today() + timedelta(days=300)),
	},
	"Service Contract Use": lambda side: {
		"contract": side["Service Contract"],
		"kind": "Visits",
		"qty": 1,
		"period_start": str(today()),
		"used_on": str(today()),
	},
	"Service Clock": lambda side: {"request": side["Service Request"], "kind": "First Response"},
	"Service Clock Entry": lambda side: {"clock": side["Service Clock"], "event": "Stopped"},
	"Service Channel": lambda side: {"description": "New"},
	"Alert Source": lambda side: {"run_as": side["engineer_user"]},
	"Service Alert": lambda side: {"source": side["Alert Source"], "title": "New"},
	"Service Chat": lambda side: {"state": "Waiting", "service_request": side["Service Request"]},
	"Service Call": lambda side: {"number": "17", "service_request": side["Service Request"]},
	"Service Call Back": lambda side: {"number": "17", "service_request": side["Service Request"]},
	"Service API Client": lambda side: {
		"client_name": f"Client {now().timestamp()}",
		"user": side["spare_user"],
	},
	"Service Webhook": lambda side: {
		"webhook_name": f"Webhook {now().timestamp()}",
		"url": "https://hooks.example.com/",
		"secret": "a secret",
		"active": 0,
	},
	"Service Webhook Delivery": lambda side: {"webhook": side["Service Webhook"], "event": "visit.done"},
	"Service API Answer": lambda side: {"client": side["Service API Client"], "path": "list_requests"},
	"Takeover Run": lambda side: {"dry_run": 1},
	"Takeover Finding": lambda side: {
		"run": side["Takeover Run"],
		"source_doctype": "Customer",
		"source_name": side["customer"],
		"outcome": "Made",
	},
	"Postponed Work": lambda side: {
		"work": "Remind of a survey",
		"reference_doctype": "Service Request",
		"reference_name": side["Service Request"],
	},
	"Serial and Batch Bundle": lambda side: {
		"company": side["company"],
		"item_code": side["item"],
		"type_of_transaction": "Outward",
		"voucher_type": "Stock Entry",
		"voucher_no": side["stock_entry"],
	},
}


def rows_of(table: str) -> dict[str, dict[str, str]]:
	"""A table's text as row → persona → sides ("", "a", "b" or "ab")."""
	personas = COLUMNS.split()
	rows = {}
	for line in table.strip().splitlines():
		words = line.split()
		cells = words[-len(personas) :]
		rows[" ".join(words[: -len(personas)])] = {
			persona: cell.replace("-", "") for persona, cell in zip(personas, cells, strict=True)
		}
	return rows
