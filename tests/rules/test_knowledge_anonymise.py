"""What says who the customer is goes out of a text, what the article is about stays."""

import pytest

from support_service.service_knowledge.anonymise import Known, anonymised, short_forms

ACME = Known(
	customers=("Acme Pumps Co., Ltd.",),
	people=("Anna Miller", "Bill Wong"),
	addresses=("12 Harbour Road\nTower B, 5th floor",),
	serials=("SN-88231-X",),
	numbers=("SR-2026-00017", "SR-2025-00003"),
	kept=("XR-200", "4711-0815-22"),
)
HUAXIN = Known(
	customers=("北京华信科技有限公司",),
	people=("王伟",),
	addresses=("海淀区中关村大街27号",),
	serials=("HX2024001",),
	words={"customer": "客户", "person": "联系人", "address": "地址", "serial number": "序列号"},
)


@pytest.mark.parametrize(
	("text", "left"),
	[
		("Acme Pumps Co., Ltd. called", "[customer] called"),
		("The ACME site is down", "The [customer] site is down"),
		("Mr. Wong and Anna say so", "[person] and [person] say so"),
		("pay the bill; Bill saw it", "pay the bill; [person] saw it"),
		("mail a.miller+x@acme.example now", "mail [e-mail address] now"),
		("call +86 10 5555-0101 or (040) 123 45 67", "call [telephone number] or [telephone number]"),
		("router 192.168.10.1:8080, 00:1a:2b:3c:4d:5e", "router [network address], [network address]"),
		("at 12 Harbour Road, Tower B", "at [address], [address]"),
		("unit SN-88231-X", "unit [serial number]"),
		("see SR-2026-00017 and SR-2026-00099", "see [number] and [number]"),
	],
)
def test_english(text, left):
	assert anonymised(text, ACME)[0] == left


@pytest.mark.parametrize(
	"text",
	[
		"XR-200 shows E-1042 after 2026-11-24",
		"order part 4711-0815-22",
		"Firmware 2.3.1, 230 V, 50 Hz, 1200 rpm, 0.35 mm",
		"since 24.11.2026 and 11/24/2026",
		"The seal is worn. Replace 2 screws M8 x 20.",
	],
)
def test_what_the_article_is_about_stays(text):
	assert anonymised(text, ACME) == (text, {})


@pytest.mark.parametrize(
	("text", "left"),
	[
		("北京华信科技有限公司报修", "[客户]报修"),
		("华信的设备", "[客户]的设备"),
		("王工说无法启动,王伟先生确认", "[联系人]说无法启动,[联系人]确认"),
		("地址:海淀区中关村大街27号", "地址:[地址]"),
		("序列号HX2024001", "序列号HX2024001"),
		("序列号 HX2024001 电话 13800138000", "序列号 [序列号] 电话 [telephone number]"),
	],
)
def test_chinese(text, left):
	assert anonymised(text, HUAXIN)[0] == left


def test_how_often_what_was_taken_out_is_told():
	_text, taken = anonymised("Anna Miller, Anna, a@b.example", ACME)
	assert taken == {"person": 2, "e-mail address": 1}


def test_short_forms_of_customers():
	assert list(short_forms("General Hospital")) == ["General Hospital", "General Hospital"]
	assert "Müller" in list(short_forms("Müller Maschinenbau GmbH & Co. KG"))
	assert list(short_forms("上海东方电子股份有限公司"))[-1] == "东方"
	assert list(short_forms("")) == []
