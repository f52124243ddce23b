"""The three documents we hand over, as real PDFs through wkhtmltopdf, read back with pdftotext."""

import shutil
import subprocess
import threading
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import frappe
import pytest
from frappe.translate import print_language
from frappe.utils import add_to_date, now_datetime

from support_service.service_coverage.warranty import warranties
from support_service.support_service.moves import apply_move
from tests.factories import (
	make_customer,
	make_customer_user,
	make_done_visit,
	make_engineer_visit,
	make_installed_unit,
	make_item,
	make_service_contract,
	make_service_engineer,
	make_service_request,
	make_user,
)

# one pixel
SIGNATURE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
FORMATS = {
	"Service Tracking Card": "Service Request",
	"Fault Handling Report": "Service Request",
	"Service Visit Report": "Engineer Visit",
}


class QuietHandler(SimpleHTTPRequestHandler):
	def log_message(self, *_args) -> None:
		pass


@pytest.fixture(scope="module", autouse=True)
def assets() -> Iterator[None]:
	"""wkhtmltopdf fetches Frappe's print style from the site's address: serve the bench's assets under one."""
	for program in ("wkhtmltopdf", "pdftotext"):
		if not shutil.which(program):
			pytest.fail(f"{program} is missing. Install the Debian packages wkhtmltopdf and poppler-utils.")
	server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory="."))
	threading.Thread(target=server.serve_forever, daemon=True).start()
	before = frappe.local.conf.get("host_name")
	frappe.local.conf.host_name = f"http://127.0.0.1:{server.server_port}"
	yield
	frappe.local.conf.host_name = before
	server.shutdown()
	server.server_close()


def make_handled_case(**overrides):
	"""A resolved case with a submitted, signed visit and an untold note between colleagues; returns case and visit."""
	unit = make_installed_unit(
		unit_name="Ward server A", customer=make_customer(customer_name="上海联合电信有限公司").name
	)
	engineer = make_service_engineer(engineer_name="王磊")
	case = make_service_request(
		**{
			"subject": "电源模块烧毁",
			"customer": unit.customer,
			"installed_unit": unit.name,
			"contact_name": "李娜",
			"description": "<p>机房有焦糊味</p>",
			**overrides,
		}
	)
	apply_move(case, "assign", engineer=engineer.name)
	apply_move(case.name, "start")
	apply_move(case.name, "wait_for_vendor", reason="They never answer their phone")
	apply_move(case.name, "resume")
	item = make_item(item_name="Fuse 10 A", is_stock_item=0)
	now = now_datetime()
	visit = make_engineer_visit(
		service_request=case.name,
		engineer=engineer.name,
		arrived_at=add_to_date(now, hours=-2),
		left_at=add_to_date(now, hours=-1),
		outcome="Solved",
		findings="<p>市电浪涌导致电源模块损坏</p>",
		work_done="<p>Replaced the power supply</p>",
		prevention="<p>Connect both feeds to the UPS</p>",
		signed_by="Maria Gomez",
		signature=SIGNATURE,
		parts=[{"item_code": item.name, "qty": 2}],
	)
	visit.submit()
	return case, visit


def text_of(pdf: bytes) -> str:
	assert pdf.startswith(b"%PDF")
	command = ["pdftotext", "-layout", "-", "-"]
	text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
	# fonts give some Chinese characters the code of the radical that looks the same
	return unicodedata.normalize("NFKC", text)


def printed(doctype: str, name: str, print_format: str, language: str = "en") -> str:
	with print_language(language):
		return text_of(frappe.get_print(doctype, name, print_format, as_pdf=True))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_tracking_card_tells_the_whole_handling_but_not_what_colleagues_wrote(language):
	case, _visit = make_handled_case()
	text = printed("Service Request", case.name, "Service Tracking Card", language)
	for expected in (case.name, "电源模块烧毁", "上海联合电信有限公司", "李娜", "王磊", "机房有焦糊味"):
		assert expected in text
	assert "Ward server A" in text
	assert "They never answer" not in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_fault_report_has_cause_solution_prevention_visit_parts_and_sign_off(language):
	case, visit = make_handled_case()
	text = printed("Service Request", case.name, "Fault Handling Report", language)
	for expected in (
		"市电浪涌导致电源模块损坏",
		"Replaced the power supply",
		"Connect both feeds to the UPS",
		visit.name,
		"Fuse 10 A",
		"Maria Gomez",
		frappe.utils.format_date(visit.arrived_at),
	):
		assert expected in text


def test_the_visit_report_has_times_work_parts_and_who_signed():
	_case, visit = make_handled_case()
	text = printed("Engineer Visit", visit.name, "Service Visit Report")
	for expected in (visit.name, "王磊", "Replaced the power supply", "Fuse 10 A", "Maria Gomez"):
		assert expected in text


def test_chinese_is_printed_in_its_own_forms_of_the_characters(tmp_path):
	case, _visit = make_handled_case()
	path = tmp_path / "report.pdf"
	path.write_bytes(frappe.get_print("Service Request", case.name, "Fault Handling Report", as_pdf=True))
	fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True).stdout.decode()
	assert "CJKsc" in fonts
	assert "CJKjp" not in fonts


@pytest.mark.parametrize("print_format", list(FORMATS)[:2])
def test_a_case_of_which_nothing_is_known_yet_prints(print_format):
	case = make_service_request(customer=None, contact_name="Mr. Unknown")
	text = printed("Service Request", case.name, print_format)
	assert "Mr. Unknown" in text
	assert "None" not in text


def test_the_page_is_a4():
	case, _visit = make_handled_case()
	pdf = frappe.get_print("Service Request", case.name, "Fault Handling Report", as_pdf=True)
	info = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
	assert "A4" in info


def test_the_letter_head_stands_on_the_page():
	letter_head = frappe.get_doc(
		{
			"doctype": "Letter Head",
			"letter_head_name": frappe.generate_hash(length=8),
			"source": "HTML",
			"content": "<p>Acme Service Ltd, 1 Harbour Road</p>",
		}
	).insert()
	case = make_service_request()
	pdf = frappe.get_print(
		"Service Request", case.name, "Service Tracking Card", letterhead=letter_head.name, as_pdf=True
	)
	assert "1 Harbour Road" in text_of(pdf)


def test_what_a_customer_writes_is_printed_not_run():
	case = make_service_request(subject="<script>alert(1)</script>{{ 7*7 }}", contact_name="<b>Bold</b>")
	html = frappe.get_print("Service Request", case.name, "Service Tracking Card")
	assert "<script>alert" not in html
	assert "49" not in html.split("sd-head")[-1].split("</table>")[0]
	assert "<b>Bold</b>" not in html


@pytest.mark.parametrize("print_format", list(FORMATS))
def test_whoever_may_not_read_the_document_may_not_print_it(print_format):
	case, visit = make_handled_case()
	name = visit.name if FORMATS[print_format] == "Engineer Visit" else case.name
	frappe.set_user(make_user().name)
	with pytest.raises(frappe.PermissionError):
		frappe.get_print(FORMATS[print_format], name, print_format)


@pytest.mark.parametrize("print_format", ["Service Tracking Card", "Fault Handling Report"])
def test_a_customer_reads_no_result_before_the_case_is_resolved(print_format):
	case = make_service_request(cause="Surge", solution="New board", resolution="A guess so far")
	customer = make_customer_user(case.customer).name
	drafts = ("Surge", "New board", "A guess so far")
	assert any(draft in frappe.get_print("Service Request", case.name, print_format) for draft in drafts)
	frappe.set_user(customer)
	html = frappe.get_print("Service Request", case.name, print_format)
	assert case.name in html and not any(draft in html for draft in drafts)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_certificate_says_what_is_covered_until_when_and_what_is_not(language):
	unit = make_installed_unit(
		unit_name="Ward server A", customer=make_customer(customer_name="上海联合电信有限公司").name
	)
	warranty = warranties.start(unit.name, starts_on=date(2026, 1, 31), reason="for the test")
	text = printed("Service Warranty", warranty, "Warranty Certificate", language)
	words = {"en": "Misuse, or use against the manual", "zh": "误用或未按说明书使用"}
	last = frappe.utils.format_date(date(2027, 1, 31))
	for expected in (warranty, "Ward server A", "上海联合电信有限公司", last, "100 %", words[language]):
		assert expected in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_contract_says_what_is_included_and_when_it_is_invoiced(language):
	customer = make_customer(customer_name=f"上海联合电信有限公司 {frappe.generate_hash(length=6)}").name
	unit = make_installed_unit(customer=customer, unit_name="Ward server A")
	contract = make_service_contract(
		customer=customer,
		title="Gold 2026",
		all_units=0,
		units=[{"installed_unit": unit.name}],
		price=1200,
		item_code=make_item(is_stock_item=0).name,
		billing_interval="Quarterly",
	)
	text = printed("Service Contract", contract.name, "Service Contract", language)
	word = {"en": "Contract Year", "zh": "合同年度"}[language]
	for expected in (contract.name, "Gold 2026", "Ward server A", "上海联合电信有限公司", "300.00", word):
		assert expected in text


def test_the_visit_report_says_where_removed_parts_go_and_lists_only_tools_left_there():
	board, tool, left = (
		make_item(item_name=name, is_stock_item=0).name for name in ("Board", "Torque wrench", "Cable tester")
	)
	engineer = make_service_engineer()
	case = make_service_request()
	apply_move(case, "assign", engineer=engineer.name)
	apply_move(case.name, "start")
	removed = {"item_code": board, "qty": 1, "removed_item_code": board}
	visit = make_done_visit(
		{**removed, "removed_qty": 3, "removed_goes_to": "Left with Customer"},
		{**removed, "removed_qty": 1, "removed_goes_to": "Back to Us", "comes_back_with": "Customer"},
		{**removed, "removed_qty": 1, "removed_goes_to": "Back to Us"},
		{"item_code": tool, "qty": 1, "kind": "Tool"},
		{"item_code": left, "qty": 1, "kind": "Tool", "tool_back": 0},
		service_request=case.name,
		engineer=engineer.name,
		outcome="Not Solved",
	)
	visit.submit()
	text = " ".join(printed("Engineer Visit", visit.name, "Service Visit Report").split())
	assert f"3 × {board}" in text
	assert "Left with Customer" in text
	assert "Back to Us" in text
	due = frappe.format(visit.parts[1].return_due_on, {"fieldtype": "Date"})
	assert f"The customer sends it back by {due}" in frappe.get_print(
		"Engineer Visit", visit.name, "Service Visit Report"
	)
	assert "Torque wrench" not in text
	assert "Cable tester" in text
	assert "Our tool, left here until it is fetched" in text
