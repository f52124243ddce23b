"""Intake channels: the registry, and the one door every channel goes through."""

import frappe
import pytest

from support_service.service_intake import channels
from support_service.service_intake.intake import IntakePayload, UnknownChannelError, accept
from tests.factories import make_customer, make_installed_unit, make_service_channel, make_user, unique

R1 = (
	"Hotline",
	"E-mail",
	"Portal",
	"Chat",
	"Walk-in",
	"Fax",
	"Letter",
	"Social Media",
	"Monitoring",
	"Inspection",
	"QR Code",
)


def payload(**overrides):
	return IntakePayload(**{"subject": unique("Does not start"), "contact_name": "Somebody", **overrides})


@pytest.fixture
def offers(monkeypatch):
	"""Replaces what the hook of the app gives, as another version or another app would."""

	def use(paths):
		get_hooks = frappe.get_hooks

		def patched(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
			if hook == channels.HOOK:
				return paths if app_name == "support_service" else []
			return get_hooks(hook, default, app_name)

		monkeypatch.setattr(frappe, "get_hooks", patched)

	return use


@pytest.mark.parametrize("name", R1)
def test_every_channel_of_r1_is_there_after_sync(name):
	channels.sync()
	assert frappe.db.get_value("Service Channel", name, ["enabled", "source_app"]) == (1, "support_service")


def test_sync_inserts_what_is_missing_and_keeps_an_admins_edits():
	channels.sync()
	frappe.db.set_value("Service Channel", "Fax", {"enabled": 0, "description": "We gave the machine away"})
	# past the check of links: other requests of the site may have come by letter
	frappe.delete_doc("Service Channel", "Letter", force=True)
	channels.sync()
	assert frappe.db.get_value("Service Channel", "Fax", ["enabled", "description"]) == (
		0,
		"We gave the machine away",
	)
	assert frappe.db.exists("Service Channel", "Letter")


def test_channels_whose_app_is_gone_are_switched_off_and_those_made_by_hand_are_not(offers):
	channels.sync()
	by_hand = make_service_channel(unique("Kiosk"))
	offers(["support_service.service_intake.channels.builtin"])
	frappe.get_doc(
		{"doctype": "Service Channel", "channel_name": "Robot", "source_app": "gone_app", "enabled": 1}
	).insert()
	channels.sync()
	assert frappe.db.get_value("Service Channel", "Robot", "enabled") == 0
	assert frappe.db.get_value("Service Channel", by_hand, "enabled") == 1
	assert frappe.db.get_value("Service Channel", "Hotline", "enabled") == 1


def test_an_offer_that_cannot_be_imported_names_hook_and_path(offers):
	offers(["support_service.service_intake.channels.no_such_thing"])
	with pytest.raises(channels.InvalidChannelError, match="no_such_thing"):
		channels.offered()


def test_migrate_skips_an_app_with_a_broken_path_tells_it_and_keeps_its_channels(offers):
	channels.sync()
	frappe.db.set_value("Service Channel", "Fax", "enabled", 0)  # an admin's choice
	offers(["support_service.service_intake.channels.no_such_thing"])
	channels.sync()
	channels.on_app_added("support_service")
	assert frappe.db.get_value("Service Channel", "Hotline", "enabled") == 1
	assert frappe.db.get_value("Service Channel", "Fax", "enabled") == 0
	told = frappe.get_last_doc("Error Log")
	assert "support_service" in told.method and "no_such_thing" in told.error


def test_migrate_survives_an_app_whose_function_breaks(offers, monkeypatch):
	def breaks():
		raise ZeroDivisionError

	monkeypatch.setattr(channels, "nonsense", breaks, raising=False)
	offers(["support_service.service_intake.channels.nonsense"])
	channels.sync()
	assert frappe.db.get_value("Service Channel", "Hotline", "enabled") == 1


@pytest.mark.parametrize("offer", [None, {}, {"description": "no name"}, 7])
def test_an_offer_that_is_no_channel_is_refused(offer, offers, monkeypatch):
	monkeypatch.setattr(channels, "nonsense", lambda: offer, raising=False)
	offers(["support_service.service_intake.channels.nonsense"])
	with pytest.raises(channels.InvalidChannelError):
		channels.offered()


def test_accept_makes_a_case_with_channel_unit_and_customer():
	channels.sync()
	unit = make_installed_unit()
	name = accept("Monitoring", payload(installed_unit=unit.name, impact="High", urgency="High"))
	case = frappe.get_doc("Service Request", name)
	assert (case.channel, case.customer, case.status, case.priority) == (
		"Monitoring",
		unit.customer,
		"New",
		"Critical",
	)


def test_a_repeat_with_the_same_key_returns_the_same_case():
	channels.sync()
	key = "<" + "x" * 300 + "@mail.example.com>"
	first = accept("E-mail", payload(), key=key)
	assert accept("E-mail", payload(), key=key) == first
	assert accept("E-mail", payload(), key=key.upper()) != first
	assert accept("Chat", payload(), key=key) != first
	assert accept("E-mail", payload()) != first


def test_a_repeat_that_slips_past_the_look_up_is_stopped_by_the_database(monkeypatch):
	channels.sync()
	from support_service.service_intake import intake

	first = accept("Monitoring", payload(), key="alert-77")
	look_up = intake._case_of
	monkeypatch.setattr(
		intake, "_case_of", lambda key, locking=False: look_up(key, locking) if locking else None
	)
	assert accept("Monitoring", payload(), key="alert-77") == first
	assert frappe.db.count("Service Request", {"intake_key": "Monitoring:alert-77"}) == 1


@pytest.mark.parametrize("enabled", [0, None])
def test_an_unknown_or_disabled_channel_is_refused_with_a_remedy(enabled):
	name = unique("Pigeon post")
	if enabled is not None:
		frappe.get_doc({"doctype": "Service Channel", "channel_name": name, "enabled": enabled}).insert()
	with pytest.raises(UnknownChannelError, match=name):
		accept(name, payload())


def test_accept_runs_with_the_callers_own_permission():
	channels.sync()
	customer = make_customer().name
	frappe.set_user(make_user("Service Engineer").name)
	with pytest.raises(frappe.PermissionError):
		accept("Hotline", payload(customer=customer))
