"""What robots of group chats are sent and what their answers mean, after the makers' documentation."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.support_service.messaging.ways import robot_forms
from support_service.support_service.messaging.ways.robot_forms import FORMS, Outcome

NOW = 1_790_000_000.5
URL = "https://robot.example.com/send?key=abc"


def body(kind: str, text: str = "Pump is repaired", secret: str = "") -> dict:
	return robot_forms.build(kind, url=URL, secret=secret, text=text, now=NOW).body


def test_each_has_its_form():
	text = {"msgtype": "text", "text": {"content": "Pump is repaired"}}
	assert body("WeCom") == body("DingTalk") == text
	assert body("Feishu") == {"msg_type": "text", "content": {"text": "Pump is repaired"}}
	assert body("Slack", "a < b & <!channel>") == {"text": "a &lt; b &amp; &lt;!channel&gt;"}


def test_dingtalk_signs_the_text_with_the_secret():
	url = robot_forms.build("DingTalk", url=URL, secret="SECx+y/", text="x", now=NOW).url
	query = parse_qs(urlsplit(url).query)
	signed = hmac.new(b"SECx+y/", b"1790000000500\nSECx+y/", hashlib.sha256).digest()
	assert query == {
		"key": ["abc"],
		"timestamp": ["1790000000500"],
		"sign": [base64.b64encode(signed).decode()],
	}


def test_feishu_signs_nothing_with_the_text():
	said = body("Feishu", secret="demo")
	signed = hmac.new(b"1790000000\ndemo", b"", hashlib.sha256).digest()
	assert (said["timestamp"], said["sign"]) == ("1790000000", base64.b64encode(signed).decode())


@given(st.text(max_size=3000), st.sampled_from(sorted(FORMS)))
def test_no_text_is_longer_than_the_robot_takes(text, kind):
	form = FORMS[kind]
	short = robot_forms.cut(text, 100, in_characters=form.in_characters)
	long_text = text if form.in_characters else text.encode()
	if len(long_text) <= 100:
		assert short == text
	else:
		assert len(short if form.in_characters else short.encode()) <= 100
		assert short.endswith("…")
		assert text.startswith(short[:-1])


WECOM_OK = '{"errcode":0,"errmsg":"ok"}'


@pytest.mark.parametrize(
	("kind", "status", "said", "outcome", "reason"),
	[
		("WeCom", 200, WECOM_OK, Outcome.TAKEN, ""),
		("WeCom", 200, '{"errcode":93000,"errmsg":"invalid webhook url"}', Outcome.REFUSED, "93000 invalid"),
		("WeCom", 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', Outcome.LIMITED, "45009 api"),
		("DingTalk", 200, '{"errcode":310000,"errmsg":"sign not match"}', Outcome.REFUSED, "310000 sign"),
		("DingTalk", 200, '{"errcode":130101,"errmsg":"send too fast"}', Outcome.LIMITED, "130101 send"),
		("DingTalk", 200, '{"errcode":-1,"errmsg":"system busy"}', Outcome.TROUBLE, "-1 system busy"),
		("Feishu", 200, '{"code":0,"data":{},"msg":"success"}', Outcome.TAKEN, ""),
		("Feishu", 200, '{"StatusCode":0,"StatusMessage":"success"}', Outcome.TAKEN, ""),
		("Feishu", 200, '{"code":19021,"msg":"sign match fail"}', Outcome.REFUSED, "19021 sign match fail"),
		("Feishu", 200, '{"code":11232,"msg":"frequency limited"}', Outcome.LIMITED, "11232 frequency"),
		("Slack", 200, "ok", Outcome.TAKEN, ""),
		("Slack", 404, "no_service", Outcome.REFUSED, "HTTP 404 no_service"),
		("Slack", 429, "rate_limited", Outcome.LIMITED, "HTTP 429 rate_limited"),
		("WeCom", 502, "<h1>Bad gateway</h1>", Outcome.TROUBLE, "HTTP 502"),
		("WeCom", 200, '{"errcode"', Outcome.TROUBLE, "HTTP 200"),
		("Feishu", 200, "[]", Outcome.TROUBLE, "HTTP 200"),
		("DingTalk", 200, "{}", Outcome.TROUBLE, "HTTP 200"),
	],
)
def test_an_answer_means_what_its_maker_says(kind, status, said, outcome, reason):
	answer = robot_forms.read(kind, status, said)
	assert answer.outcome == outcome
	assert answer.reason.startswith(reason)


def test_a_pause_is_the_one_it_asks_for():
	assert robot_forms.read("Slack", 429, "", "7").wait == 7
	assert robot_forms.read("Slack", 429, "", "soon").wait == FORMS["Slack"].pause
	assert robot_forms.read("DingTalk", 200, json.dumps({"errcode": 130101})).wait == 600
