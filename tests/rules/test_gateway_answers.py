"""What gateways for text messages answer, and when the customer's quiet hours end."""

from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.support_service.messaging.ways import gateway_answers, plain_text, quiet


@pytest.mark.parametrize(
	"answer",
	[
		"",
		"OK",
		"ID: 5f3a",
		"OK: 1 message, errors: 0",
		"ERROR: 0",
		"0",
		'{"status": "queued", "error": null}',
		'{"errcode": 0, "errmsg": "ok"}',
		'{"success": true}',
		'{"messages": [{"status": "error-free"}]}',
	],
)
def test_taken(answer):
	assert gateway_answers.refusal(answer) is None


@pytest.mark.parametrize(
	("answer", "reason"),
	[
		("ERROR:14", "ERROR:14"),
		("ERR: 114, Cannot\nroute message", "ERR: 114, Cannot route message"),
		("error no credit", "error no credit"),
		('{"errcode":310000,"errmsg":"keywords"}', '{"errcode":310000,"errmsg":"keywords"}'),
		('{"success": false}', '{"success": false}'),
		('{"status": "FAILED"}', '{"status": "FAILED"}'),
		('{"error": {"code": 7}}', '{"error": {"code": 7}}'),
	],
)
def test_refused_with_its_reason(answer, reason):
	assert gateway_answers.refusal(answer) == reason


def test_where_the_admin_knows_the_answer_nothing_else_counts():
	assert gateway_answers.refusal("error-free, ID: 4", taken_if="ID:") is None
	assert gateway_answers.refusal("balance 0", taken_if="ID:") == "balance 0"
	assert gateway_answers.refusal("", taken_if="ID:") == "-"


def test_words_of_a_mail():
	html = (
		"<p>We have\nreceived your request</p><table><tr><td>Device</td><td>Pump &lt;2&gt;</td></tr></table>"
		'<p>One<br>two <a href="https://x.example/s/1">Follow it</a></p>'
	)
	assert plain_text.of_html(html).split("\n") == [
		"We have received your request",
		"Device Pump <2>",
		"One",
		"two Follow it: https://x.example/s/1",
	]


DAY = datetime(2026, 11, 28)
NIGHT = (time(22), time(7))


@pytest.mark.parametrize(
	("at", "hours", "end"),
	[
		("23:30", NIGHT, datetime(2026, 11, 29, 7)),
		("22:00", NIGHT, datetime(2026, 11, 29, 7)),
		("03:00", NIGHT, datetime(2026, 11, 28, 7)),
		("07:00", NIGHT, None),
		("12:30", NIGHT, None),
		("12:30", (time(12), time(14)), datetime(2026, 11, 28, 14)),
		("12:30", (time(12), time(12)), None),
		("12:30", (time(12), None), None),
	],
)
def test_quiet_hours(at, hours, end):
	assert quiet.end_of(datetime.combine(DAY, time.fromisoformat(at)), *hours) == end


@given(st.datetimes(), st.times(), st.times())
def test_after_the_quiet_hours_it_is_not_quiet(now, begins, ends):
	end = quiet.end_of(now, begins, ends)
	if end:
		assert end > now and (end - now).total_seconds() <= 86_400
		assert quiet.end_of(end, begins, ends) is None
