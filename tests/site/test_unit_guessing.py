"""A customer who guesses numbers learns nothing: as many real as invented ones get the same answers, byte for byte.

Compared are status, headers and body, with what was asked taken out of them. The real ones are another customer's.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from types import SimpleNamespace
from urllib.parse import quote

import frappe
import pytest
import requests

from support_service.foundation import rows
from support_service.foundation.names.keys import key_of
from support_service.installed_base.placements import NewUnit, place
from tests.effort import times
from tests.factories import make_customer, make_customer_user, make_installed_unit, make_item
from tests.platform import CHECK_LINK
from tests.portal_client import PASSWORD, PortalClient, forget_rate_limits

REAL = times(few=100, many=500)
SAMPLE = 12  # at the doors behind which the same code stands
AT_ONCE = 6
API = "/api/method/"
PORTAL = f"{API}support_service.customer_portal.api."

# what answers differ in although nothing was said: the moment, and numbers Frappe makes for each request
VOLATILE = re.compile(
	r"Date|Content-Length|X-RateLimit.*|X-Page-Name|X-Frappe-Request-Id|Server-Timing|Set-Cookie",
	re.IGNORECASE,
)

ERROR_ID = re.compile(r"__frappe_exc_id[\\\": ]+[0-9a-f]+")


@pytest.fixture(scope="module")
def guesses(site: str):
	frappe.db.rollback()
	frappe.set_user("Administrator")
	item, other = make_item(has_serial_no=1).name, make_customer().name
	own = make_installed_unit()
	user = make_customer_user(own.customer).name
	serials = [f"SN{frappe.generate_hash(length=10)}" for _number in range(REAL)]
	company = frappe.get_all("Company", pluck="name")[0]
	rows.insert(
		"Serial No",
		[{"name": serial, "serial_no": serial, "item_code": item, "company": company} for serial in serials],
	)
	units = place(
		[
			NewUnit(
				source_key=key_of("Serial No", serial),
				customer=other,
				happened_on=date(2026, 1, 5),
				reference=("Delivery Note", "DN-OF-ANOTHER"),
				serial_no=serial,
				item_code=item,
			)
			for serial in serials
		]
	)
	frappe.db.commit()
	last = max(int(name.rpartition("-")[2]) for name in units.values())
	yield SimpleNamespace(
		user=user,
		own=own.name,
		real=SimpleNamespace(names=list(units.values()), serials=serials),
		invented=SimpleNamespace(
			names=[f"IU-{last + 100_000 + number:06d}" for number in range(REAL)],
			serials=[f"SN{frappe.generate_hash(length=10)}" for _number in range(REAL)],
		),
	)


@pytest.fixture(scope="module")
def visitor(guesses, http_server) -> PortalClient:
	client = PortalClient(http_server.base_url, http_server.site).log_in(guesses.user)
	assert client.get("/service").status_code == 200
	return client


def essence(answer: requests.Response, guess: str) -> tuple:
	"""What an answer says, without what was asked."""
	headers = sorted((key, value) for key, value in answer.headers.items() if not VOLATILE.fullmatch(key))
	body = ERROR_ID.sub("", answer.text.replace(guess, "?"))
	return answer.status_code, repr(headers).replace(guess, "?"), body


def ask(visitor: PortalClient, door, guess: str) -> tuple:
	# a session of its own on the same cookies: requests' sessions are not made for threads
	headers = {**visitor.session.headers, "X-Frappe-CSRF-Token": visitor.csrf_token, "Connection": "close"}
	with requests.Session() as session:
		session.cookies.update(visitor.session.cookies)
		method, path, data = door(quote(guess))
		answer = session.request(
			method, visitor.base_url + path, data=data, headers=headers, timeout=120, allow_redirects=False
		)
	assert answer.status_code < 500, (path, answer.text[:500])
	assert answer.status_code != 429, path
	return essence(answer, guess)


def page(path: str):
	return lambda guess: ("GET", path.format(guess), None)


def form(path: str, **values: str):
	return lambda guess: ("POST", path, {key: value.format(guess) for key, value in values.items()})


UNIT = "Installed%20Unit"
DOORS = {
	# every number
	"unit page": ("names", REAL, page("/service/units/{}")),
	"units by serial": ("serials", SAMPLE, page("/service/units/{}")),
	"rest document": ("names", REAL, page(f"/api/resource/{UNIT}/{{}}")),
	"rest filter": (
		"serials",
		REAL,
		page(f'/api/resource/{UNIT}?filters=[["serial_label","=","{{}}"]]&fields=["name"]'),
	),
	# some of them
	"new case": ("names", SAMPLE, form(f"{PORTAL}new_case", key="k{0}", subject="Broken", unit="{0}")),
	"new case by serial": ("serials", SAMPLE, form(f"{PORTAL}new_case", key="k{0}", subject="B", unit="{0}")),
	"form for a unit": ("names", SAMPLE, page("/service/new?unit={}")),
	"search of cases": ("serials", SAMPLE, page("/service?search={}")),
	"case page": ("names", SAMPLE, page("/service/{}")),
	"message": ("names", SAMPLE, form(f"{PORTAL}send_message", request="{0}", text="Hello", key="k{0}")),
	"withdraw": ("names", SAMPLE, form(f"{PORTAL}withdraw", request="{0}")),
	"report": ("names", SAMPLE, page(f"{PORTAL}report?request={{}}")),
	"certificate": ("names", SAMPLE, page(f"{PORTAL}certificate?warranty={{}}")),
	"second rest": ("names", SAMPLE, page(f"/api/v2/document/{UNIT}/{{}}")),
	"serial document": ("serials", SAMPLE, page("/api/resource/Serial%20No/{}")),
	"link check": (
		"names",
		SAMPLE,
		form(f"{API}{CHECK_LINK}", doctype="Installed Unit", docname="{0}"),
	),
	"value": (
		"serials",
		SAMPLE,
		form(
			f"{API}frappe.client.get_value",
			doctype="Installed Unit",
			filters='{{"serial_no": "{0}"}}',
			fieldname="name",
		),
	),
	"serial value": (
		"serials",
		SAMPLE,
		form(f"{API}frappe.client.get_value", doctype="Serial No", filters="{0}", fieldname="name"),
	),
	"link search": (
		"serials",
		SAMPLE,
		form(f"{API}frappe.desk.search.search_link", doctype="Installed Unit", txt="{0}"),
	),
	"desk form": (
		"names",
		SAMPLE,
		form(f"{API}frappe.desk.form.load.getdoc", doctype="Installed Unit", name="{0}"),
	),
	"by command": (
		"names",
		SAMPLE,
		form("/", cmd="frappe.client.get", doctype="Installed Unit", name="{0}"),
	),
	"document method": (
		"names",
		SAMPLE,
		form(f"{API}run_doc_method", dt="Installed Unit", dn="{0}", method="as_dict"),
	),
	"posted document": (
		"names",
		SAMPLE,
		form(
			f"{API}run_doc_method",
			docs='{{"doctype": "Installed\\u0020Unit", "name": "{0}"}}',
			method="as_dict",
		),
	),
	"print": ("names", SAMPLE, page(f"/printview?doctype={UNIT}&name={{}}")),
	"pdf": (
		"names",
		SAMPLE,
		page(f"{API}frappe.utils.print_format.download_pdf?doctype={UNIT}&name={{}}"),
	),
	"website search": ("serials", SAMPLE, form(f"{API}frappe.utils.global_search.web_search", text="{0}")),
	"unit history": (
		"names",
		SAMPLE,
		form(f"{API}support_service.installed_base.api.unit_history", unit="{0}"),
	),
	"parts inside": (
		"names",
		SAMPLE,
		form(f"{API}support_service.installed_base.api.inside_now", unit="{0}"),
	),
	"hotline card": ("names", SAMPLE, form(f"{API}support_service.service_intake.api.unit_card", unit="{0}")),
	"hotline look up": (
		"serials",
		SAMPLE,
		form(f"{API}support_service.service_intake.api.look_up", text="{0}"),
	),
}


@pytest.mark.parametrize("door", list(DOORS))
def test_real_and_invented_numbers_get_the_same_answer(door: str, guesses, visitor: PortalClient) -> None:
	forget_rate_limits()
	kind, number, request = DOORS[door]

	def answers(group: SimpleNamespace) -> set[tuple]:
		with ThreadPoolExecutor(AT_ONCE) as pool:
			return set(pool.map(lambda guess: ask(visitor, request, guess), getattr(group, kind)[:number]))

	real, invented = answers(guesses.real), answers(guesses.invented)
	# one answer for all of them; compared outside of the assertion, whose explanation of pages of HTML takes minutes
	first = next(iter(real))
	same = real == invented == {first}
	assert same, [(status, body[:300]) for status, _headers, body in [*real ^ invented][:4]]


def test_ones_own_unit_is_answered(guesses, visitor: PortalClient) -> None:
	"""The counterpart: the doors that are made for customers open for their own."""
	forget_rate_limits()
	for door in ("unit page", "print", "new case"):
		status, _headers, _body = ask(visitor, DOORS[door][2], guesses.own)
		assert status == 200, door


def test_the_password_is_needed(guesses, http_server) -> None:
	guest = PortalClient(http_server.base_url, http_server.site)
	assert PASSWORD
	for name in (guesses.real.names[0], guesses.invented.names[0]):
		answer = guest.get(f"/service/units/{name}")
		assert answer.status_code in (301, 302)
