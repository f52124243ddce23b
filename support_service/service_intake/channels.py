"""The register of intake channels: the ways by which a case can come in.

Any installed app, ours included, names its channels in `hooks.py`:

    support_service_intake_channels = ["my_app.service.channels.kiosk"]

Each path is a `Channel`, a dict with the same keys, a list of either, or a function without arguments that returns
one of these. `sync()` makes a Service Channel record of each. An admin may change the record's description and icon or
switch it off; a record that exists is never overwritten.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _

from support_service.constants.words import N_

HOOK = "support_service_intake_channels"


class InvalidChannelError(frappe.ValidationError):
	"""The path of a hook does not lead to a channel."""


@dataclass(frozen=True)
class Channel:
	"""One way by which cases come in. name: of the record, and stored on the case. icon: name of a Frappe icon."""

	name: str
	description: str = ""
	icon: str = ""


def builtin() -> tuple[Channel, ...]:
	"""The channels that ship with the app (R1), named by the same hook as those of other apps."""
	return (
		Channel(N_("Hotline"), N_("The caller is on the phone"), "call"),
		Channel(N_("E-mail"), N_("A mail to the service mailbox"), "mail"),
		Channel(N_("Portal"), N_("The customer's own page on the web"), "website"),
		Channel(N_("Chat"), N_("Online chat"), "message"),
		Channel(N_("Walk-in"), N_("The customer came to us"), "customer"),
		Channel(N_("Fax"), N_("A fax"), "file"),
		Channel(N_("Letter"), N_("A letter by post"), "file"),
		Channel(N_("Social Media"), N_("A message on a social network"), "share"),
		Channel(N_("Visit"), N_("Said to us during a visit"), "tool"),
		Channel(N_("Monitoring"), N_("An alert of a monitoring system"), "dashboard"),
		Channel(N_("Inspection"), N_("Found by a scheduled inspection"), "review"),
		Channel(N_("API"), N_("Another system, through the API"), "link"),
		Channel(N_("QR Code"), N_("The code on the equipment was scanned"), "scan"),
	)


def offered() -> dict[str, tuple[Channel, str]]:
	"""Channel name -> (channel, app that offers it), over the installed apps in order; the first app wins."""
	found: dict[str, tuple[Channel, str]] = {}
	for app in frappe.get_installed_apps():
		for channel in _channels_of(app):
			found.setdefault(channel.name, (channel, app))
	return found


def _offered_by_sound_apps() -> tuple[dict[str, tuple[Channel, str]], set[str]]:
	"""As `offered`, and the apps whose hook is broken, which are logged in the Error Log.

	For install and migrate: a mistake of another app must not stop the migration of the site.
	"""
	found: dict[str, tuple[Channel, str]] = {}
	broken: set[str] = set()
	for app in frappe.get_installed_apps():
		try:
			channels = _channels_of(app)
		except Exception as error:  # whatever a function of another app may raise
			if isinstance(error, frappe.ValidationError):
				frappe.clear_last_message()  # it is in the Error Log; no message box for the admin who migrates
			frappe.log_error(title=_("Intake channels of {0} were skipped").format(app))
			broken.add(app)
			continue
		for channel in channels:
			found.setdefault(channel.name, (channel, app))
	return found, broken


def _channels_of(app: str) -> list[Channel]:
	return [channel for path in frappe.get_hooks(HOOK, app_name=app) for channel in _channels_at(path)]


def is_on(name: str) -> bool:
	"""Whether cases may come in by the channel `name` now."""
	return bool(frappe.db.get_value("Service Channel", name, "enabled", cache=True))


def sync() -> None:
	"""Insert the Service Channel records that are missing; switch off those whose app no longer offers them.

	Called after install and migrate and after another app was installed or removed.  Never touches a record an admin
	made by hand (no `source_app`), nor any field of one that exists but `enabled`: old cases keep their link, new ones
	cannot choose it. The channels of an app whose hook is broken stay as they are.
	"""
	wanted, broken = _offered_by_sound_apps()
	existing = {
		row.name: row for row in frappe.get_all("Service Channel", fields=["name", "enabled", "source_app"])
	}
	for name, (channel, app) in wanted.items():
		if name not in existing:
			_insert(channel, app)
	for name, row in existing.items():
		if row.source_app and row.source_app not in broken and row.enabled and name not in wanted:
			# only the flag: an admin's description stays for the day the app comes back
			frappe.db.set_value("Service Channel", name, "enabled", 0)


def on_app_added(app_name: str) -> None:
	"""Hook `after_app_install`: switch the channels of the new app on, also those it had on this site before."""
	if not frappe.db.table_exists("Service Channel"):
		return
	sync()
	back = [name for name, (_channel, app) in _offered_by_sound_apps()[0].items() if app == app_name]
	frappe.db.set_value(
		"Service Channel", {"name": ("in", back or [""]), "source_app": app_name}, "enabled", 1
	)


def on_app_removed(app_name: str) -> None:
	"""Hook `after_app_uninstall`: switch the channels of the removed app off."""
	if frappe.db.table_exists("Service Channel"):
		sync()
		frappe.db.commit()  # Frappe's uninstall commits before it calls this hook, and not again after it


def _insert(channel: Channel, app: str) -> None:
	doc = frappe.new_doc("Service Channel")
	doc.update(
		{
			"channel_name": channel.name,
			"description": channel.description,
			"icon": channel.icon,
			"source_app": app,
			"enabled": 1,
		}
	)
	# The installer and `bench migrate` run as Administrator; this is the only writer of app-provided channels.
	doc.insert(ignore_permissions=True, ignore_if_duplicate=True)


def _channels_at(path: str) -> Iterator[Channel]:
	try:
		offer = frappe.get_attr(path)
	except (ImportError, AttributeError, frappe.AppNotInstalledError):
		frappe.throw(
			_("The hook {0} names {1}, which cannot be imported. Correct the path in hooks.py.").format(
				HOOK, path
			),
			InvalidChannelError,
		)
	if callable(offer) and not isinstance(offer, Channel):
		offer = offer()
	yield from (_as_channel(one, path) for one in _as_list(offer))


def _as_list(offer: Any) -> Iterable[Any]:
	return offer if isinstance(offer, list | tuple) else [offer]


def _as_channel(offer: Any, path: str) -> Channel:
	if isinstance(offer, Channel):
		return offer
	if isinstance(offer, Mapping) and offer.get("name"):
		return Channel(**{key: str(offer[key]) for key in Channel.__dataclass_fields__ if offer.get(key)})
	frappe.throw(
		_("{0} does not give a channel. Return a dict with at least a name, or a list of such dicts.").format(
			path
		),
		InvalidChannelError,
	)
