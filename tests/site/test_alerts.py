"""Alerts of monitoring systems: stored once whatever is delivered, and what becomes of them."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import frappe
import pytest

from support_service.service_intake.alerts import api, forms, process, proof, stored
from support_service.support_service import moves
from tests import factories
from tests.effort import times
from tests.http_server import Server, http_server  # noqa: F401 - a fixture
from tests.site.alert_world import RECEIVE, alert, cases_of, make_source, moment, payload, rows_of

SCRIPT = "<script>alert(1)</script>{{ 7*7 }}' or 1=1 -- "


def deliver(source, *payloads):
	for one in payloads:
		stored.store(source, forms.read(source.form, one))
	frappe.db.commit()
	process.work_due()


def pass_time(source):
	"""What waits for the flapping window is due now, and its alerts ended before it."""
	frappe.db.set_value("Service Alert", {"source": source.name}, {"due_at": "2020-01-01"})
	ended = {"source": source.name, "state": "Resolved"}
	frappe.db.set_value("Service Alert", ended, {"ended_utc": "2020-01-01"})
	frappe.db.commit()
	process.work_due()


def test_a_firing_alert_opens_one_request_however_often_it_is_delivered():
	source = make_source()
	one = alert()
	deliver(source, payload(one), payload(one))
	deliver(source, payload(one))
	[row] = rows_of(source.name)
	assert (row.deliveries, row.progress, row.state) == (3, "Open", "Firing")
	assert process.work_due() == 0, "nothing is left to do for it"
	case = frappe.get_doc("Service Request", row.service_request)
	assert (case.channel, case.subject, case.owner) == ("Monitoring", "Disk of host-1 is full", source.run_as)


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1, 0), (0, 0, 1)])
def test_any_order_of_deliveries_ends_in_the_same(order):
	source = make_source(on_resolve="Close the Request")
	started = moment(-10)
	sent = (payload(alert(started=started)), payload(alert(started=started, firing=False)))
	deliver(source, *(sent[index] for index in order))
	[row] = rows_of(source.name)
	assert (row.state, row.progress, row.deliveries) == ("Resolved", "Done", len(order))
	assert frappe.db.get_value("Service Request", row.service_request, "status") == "Cancelled"


def test_over_without_firing_opens_nothing():
	source = make_source()
	deliver(source, payload(alert(firing=False)))
	[row] = rows_of(source.name)
	assert (row.service_request, row.progress) == (None, "Done")


def test_an_alert_that_is_over_leaves_a_comment_where_somebody_works():
	source = make_source(on_resolve="Close the Request")
	started = moment(-10)
	deliver(source, payload(alert(started=started)))
	[case] = cases_of(source.name)
	engineer = factories.make_service_engineer()
	frappe.db.set_value("Service Request", case, "customer", factories.make_customer().name)
	moves.apply_move(case, "assign", engineer=engineer.name)
	moves.apply_move(case, "start")
	deliver(source, payload(alert(started=started, firing=False)))
	assert frappe.db.get_value("Service Request", case, "status") == "In Progress"
	comments = {"reference_name": case, "comment_type": "Comment"}
	assert "Disk of host-1 is full" in frappe.db.get_value("Comment", comments, "content")


def test_a_flapping_alert_keeps_its_one_request():
	source = make_source(on_resolve="Close the Request", flapping_minutes=30)
	for minute in range(-21, -1):
		started = moment(minute)
		deliver(source, payload(alert(started=started)))
		deliver(source, payload(alert(started=started, firing=False, ended=moment(minute + 0.5))))
	assert len(rows_of(source.name)) == 20
	[case] = cases_of(source.name)
	assert frappe.db.get_value("Service Request", case, ["status", "reopen_count"]) == ("New", 0)
	assert frappe.db.count("Service Request Move", {"request": case}) == 1
	pass_time(source)
	assert frappe.db.get_value("Service Request", case, "status") == "Cancelled"
	assert {row.progress for row in rows_of(source.name)} == {"Done"}


def test_many_of_one_kind_at_once_open_one_request():
	source = make_source(on_resolve="Close the Request", flapping_minutes=30)
	several = [moment(-20 + number / 10) for number in range(30)]
	sent = [alert(started=started, firing=firing) for started in several for firing in (True, False)]
	deliver(source, payload(*sent))
	rows = rows_of(source.name)
	assert len(rows) == 30 and all(row.service_request for row in rows)
	assert len(cases_of(source.name)) == 1


def test_a_flapping_alert_leaves_one_comment_when_it_is_over():
	source = make_source(on_resolve="Comment", flapping_minutes=30)
	for minute in range(-21, -1):
		started = moment(minute)
		deliver(source, payload(alert(started=started)))
		deliver(source, payload(alert(started=started, firing=False, ended=moment(minute + 0.5))))
	[case] = cases_of(source.name)
	comments = {"reference_name": case, "comment_type": "Comment"}
	# the window of the first ones is over, the last one has ended a moment ago
	early = [row.name for row in rows_of(source.name)][:10]
	frappe.db.set_value("Service Alert", {"name": ("in", early)}, {"due_at": "2020-01-01"})
	hour_ago = {"ended_utc": frappe.utils.add_to_date(None, hours=-48)}
	frappe.db.set_value("Service Alert", {"name": ("in", early)}, hour_ago)
	frappe.db.commit()
	process.work_due()
	assert [row.progress for row in rows_of(source.name)] == ["Done"] * 10 + ["Open"] * 10
	assert frappe.db.count("Comment", comments) == 0
	pass_time(source)
	assert frappe.db.count("Comment", comments) == 1
	assert frappe.db.get_value("Service Request", case, "status") == "New"


def test_an_alert_that_stays_after_its_request_was_closed_opens_another():
	source = make_source(flapping_minutes=30)
	first = moment(-20)
	deliver(source, payload(alert(started=first)))
	deliver(source, payload(alert(started=first, firing=False, ended=moment(-15))))
	[case] = cases_of(source.name)
	moves.apply_move(case, "cancel", reason="A false alarm")
	deliver(source, payload(alert(started=moment(-5))))
	assert cases_of(source.name) == {case}, "it may be over in a minute"
	late = {"source": source.name, "state": "Firing"}
	frappe.db.set_value("Service Alert", late, {"started_utc": "2026-01-01", "due_at": "2026-01-01"})
	frappe.db.commit()
	process.work_due()
	assert len(cases_of(source.name)) == 2


def test_one_request_per_group():
	source = make_source(one_request_per="Group", on_resolve="Close the Request")
	started = moment(-10)
	deliver(source, payload(*(alert(number, started=started) for number in range(1, 6))))
	[case] = cases_of(source.name)
	over = [alert(number, started=started, firing=False) for number in range(1, 6)]
	deliver(source, payload(*over[:4]))
	assert frappe.db.get_value("Service Request", case, "status") == "New"
	deliver(source, payload(over[4]))
	assert frappe.db.get_value("Service Request", case, "status") == "Cancelled"


def test_labels_say_unit_team_and_urgency():
	unit, team = factories.make_installed_unit(), factories.make_service_team()
	source = make_source(
		customer=factories.make_customer().name,
		mappings=[
			{
				"label": "instance",
				"match": "Regular Expression",
				"value": r"host-\d+",
				"installed_unit": unit.name,
			},
			{
				"label": "severity",
				"match": "Equals",
				"value": "critical",
				"urgency": "High",
				"impact": "High",
			},
			{"label": "severity", "match": "Equals", "value": "info", "urgency": "Low", "team": team.name},
			{"label": "alertname", "match": "Equals", "value": "DiskFull", "team": team.name},
		],
	)
	deliver(source, payload(alert(severity="critical")))
	[case] = cases_of(source.name)
	fields = ["installed_unit", "customer", "team", "impact", "urgency"]
	assert frappe.db.get_value("Service Request", case, fields) == (
		unit.name,
		unit.customer,
		team.name,
		"High",
		"High",
	)
	shown = api.try_payload(source.name, json.dumps(payload(alert(severity="critical"))))
	assert shown[0]["installed_unit"] == unit.name and shown[0]["urgency"] == "High"
	assert shown[0]["customer"] == unit.customer


def test_what_alerts_say_is_shown_as_text():
	source = make_source()
	one = alert(instance=SCRIPT)
	one["annotations"] = {"summary": SCRIPT, "description": SCRIPT}
	deliver(source, payload(one))
	[case] = cases_of(source.name)
	stored_case = frappe.get_doc("Service Request", case)
	assert "<script" not in stored_case.description
	assert "49" not in stored_case.description and "49" not in stored_case.subject


@pytest.mark.parametrize("summary", ["<no value>", "<b></b>", "<svg onload=alert(1)>", " "])
def test_a_title_without_words_opens_a_request_too(summary):
	source = make_source()
	one = alert()
	one["annotations"] = {"summary": summary}
	deliver(source, payload(one))
	[row] = rows_of(source.name)
	assert row.service_request, row.error


def test_an_alert_that_fails_is_set_aside_and_taken_up_again():
	source = make_source()
	frappe.db.set_value("User", source.run_as, "enabled", 0)
	hidden = frappe.get_doc("Alert Source", source.name)
	hidden.append(
		"mappings", {"label": "alertname", "value": "DiskFull", "customer": factories.make_customer().name}
	)
	hidden.save()
	frappe.get_doc("User", source.run_as).remove_roles("Service Desk Agent")
	deliver(source, payload(alert()))
	for _attempt in range(process.MAX_ATTEMPTS - 1):
		frappe.db.set_value("Service Alert", {"source": source.name}, "due_at", "2020-01-01")
		frappe.db.commit()
		process.work_due()
	[row] = rows_of(source.name)
	assert (row.progress, row.service_request) == ("Quarantined", None) and row.error
	frappe.get_doc("User", source.run_as).add_roles("Service Desk Agent")
	api.try_again(row.name)
	frappe.db.commit()
	process.work_due()
	assert len(cases_of(source.name)) == 1


def test_the_plain_form():
	source = make_source(form="Plain JSON", on_resolve="Close the Request")
	one = {"event": "4711", "state": "firing", "title": "Rack 3 is hot", "labels": {"rack": "3"}}
	deliver(source, one)
	deliver(source, {"alerts": [{**one, "state": "resolved"}]})
	[row] = rows_of(source.name)
	assert frappe.db.get_value("Service Request", row.service_request, ["subject", "status"]) == (
		"Rack 3 is hot",
		"Cancelled",
	)


@pytest.mark.parametrize(
	"wrong",
	[
		{},
		[],
		"text",
		{"version": "3", "alerts": [alert()]},
		payload(),
		payload({**alert(), "status": "maybe"}),
		payload({**alert(), "startsAt": "yesterday"}),
		payload({**alert(), "startsAt": "2026-11-28T10:00:00"}),
		payload({**alert(), "labels": {"a": 1}}),
		payload(alert(), {**alert(2), "labels": None}),
	],
)
def test_what_cannot_be_read_is_refused_whole(wrong):
	with pytest.raises(forms.Unreadable):
		forms.read(forms.ALERTMANAGER, wrong)


class TestOverHttp:
	@pytest.fixture
	def client(self, http_server: Server):  # noqa: F811
		return http_server.client()

	def post(self, client, source, body, headers):
		return client.send("POST", f"{RECEIVE}?source={source.name}", data=body, headers=headers)

	def test_a_bearer_token(self, client):
		source = make_source()
		frappe.db.commit()
		body = json.dumps(payload(alert()))
		json_type = {"Content-Type": "application/json"}
		status, text = self.post(
			client, source, body, {**json_type, "Authorization": f"Bearer {source.flags.token}"}
		)
		assert status == 200 and json.loads(text)["message"] == {"received": 1, "new": 1}
		for headers in (
			{},
			{"Authorization": "Bearer wrong"},
			{"Authorization": "Basic dXNlcjpwYXNz"},
		):
			assert self.post(client, source, body, {**json_type, **headers})[0] == 401
		frappe.db.rollback()
		assert [row.deliveries for row in rows_of(source.name)] == [1]

	def test_the_token_opens_nothing_else(self, client):
		source = make_source()
		frappe.db.commit()
		headers = {"Authorization": f"Bearer {source.flags.token}"}
		look_up = "support_service.service_intake.api.look_up"
		for method, path in (
			("GET", "/api/method/frappe.auth.get_logged_user"),
			("POST", f"/api/method/{look_up}?source={source.name}"),
			("POST", f"{RECEIVE}?source={source.name}&cmd={look_up}"),
			("GET", f"/api/resource/Alert Source?source={source.name}"),
			("POST", "/api/method/frappe.desk.search.search_link"),
		):
			assert client.send(method, path, data={"text": "abc"}, headers=headers)[0] in (401, 403), path

	def test_a_signature_over_time_and_body(self, client):
		source = make_source(proof="Signature", secret="our secret")
		frappe.db.commit()
		body = json.dumps(payload(alert())).encode()
		now = str(int(time.time()))

		def signed(timestamp=now, secret="our secret", over=body):
			return {
				"Content-Type": "application/json",
				proof.TIMESTAMP: timestamp,
				proof.SIGNATURE: "sha256=" + proof.signature(secret, timestamp, over),
			}

		assert self.post(client, source, body, signed())[0] == 200
		stale, ahead = str(int(now) - 400), str(int(now) + 400)
		refused = [
			signed(secret="another"),
			signed(stale),
			signed(ahead),
			signed(over=body + b" "),
			signed("abc"),
			{**signed(), proof.TIMESTAMP: str(int(now) - 1)},
			{**signed(), proof.SIGNATURE: ""},
			{"Content-Type": "application/json"},
		]
		answers = {self.post(client, source, body, headers) for headers in refused}
		assert {status for status, _text in answers} == {401}
		frappe.db.rollback()
		assert [row.deliveries for row in rows_of(source.name)] == [1]
		assert proof.refusals(source.name) == len(refused)

	def test_what_cannot_be_read_is_answered_422(self, client):
		source = make_source()
		frappe.db.commit()
		headers = {"Content-Type": "application/json", "Authorization": f"Bearer {source.flags.token}"}
		status, text = self.post(client, source, json.dumps(payload({**alert(), "status": "x"})), headers)
		assert status == 422 and "alerts[0].status" in text


@pytest.mark.parametrize("number", [times(60, 1000)])
def test_one_request_per_event_from_parallel_streams(http_server: Server, number):  # noqa: F811
	"""Signed deliveries in 20 streams, reordered and repeated, forged and stale ones among them, while the sweep works."""
	source = make_source(on_resolve="Nothing", proof="Signature", secret="our secret", replay_seconds=300)
	frappe.db.commit()
	dice = random.Random(4711)
	started = moment(-30)
	deliveries = []
	for event in range(1, number + 1):
		firing, over = alert(event, started=started), alert(event, started=started, firing=False)
		deliveries += [firing, *(dice.choice((firing, over)) for _more in range(dice.randint(0, 4)))]
	dice.shuffle(deliveries)
	path = f"{RECEIVE}?source={source.name}"

	def post(client, alerts, secret="our secret", age=0):
		body, timestamp = json.dumps(payload(*alerts)), str(int(time.time()) - age)
		headers = {
			"Content-Type": "application/json",
			proof.TIMESTAMP: timestamp,
			proof.SIGNATURE: "sha256=" + proof.signature(secret, timestamp, body.encode()),
		}
		return client.send("POST", path, data=body, headers=headers)

	def send(numbered):
		batch, some = numbered
		client = http_server.client()
		strange = alert(f"strange {batch}", started=started)
		if batch % 10 == 0:
			assert post(client, [strange], secret="another")[0] in (401, 429)
		elif batch % 10 == 5:
			assert post(client, [strange], age=301)[0] in (401, 429)
		# as Alertmanager does: what was not answered with 2xx is sent again
		for _attempt in range(20):
			status, text = post(client, some)
			if status == 200:
				return None
		return text

	batches = [deliveries[at : at + 3] for at in range(0, len(deliveries), 3)]
	with ThreadPoolExecutor(20) as pool:
		sent = [pool.submit(send, one) for one in enumerate(batches)]
		while not all(one.done() for one in sent):
			frappe.db.rollback()
			process.work_due()
			time.sleep(0.2)
	assert not [one.result() for one in sent if one.result()]
	frappe.db.rollback()
	while process.work_due():
		frappe.db.commit()
	found = rows_of(source.name)
	assert len(found) == number
	assert len(cases_of(source.name)) == number
	assert frappe.db.count("Service Request", {"owner": source.run_as}) == number
	# what one payload says twice is counted once
	told = sum(len({(one["fingerprint"], one["status"]) for one in batch}) for batch in batches)
	assert sum(row.deliveries for row in found) >= told
