"""What a person does to a unit: its ledger, its place in the tree, its meters, many at once, on paper."""

import frappe
import pytest
from frappe.core.doctype.data_import.importer import Importer
from frappe.utils import add_days, getdate, now_datetime, today

from support_service.foundation.ledger import LedgerIsAppendOnlyError
from support_service.foundation.names.keys import key_of
from support_service.installed_base import api, bulk_changes, readings
from support_service.installed_base.doctype.installed_unit import installed_unit
from support_service.installed_base.placements import NewUnit, place
from support_service.patches.v0_3 import give_units_keys
from tests.factories import (
	insert,
	make_customer,
	make_installed_unit,
	make_item,
	make_unit_reading,
	make_user,
	unique,
)
from tests.site.delivery_world import events_of


def told(unit):
	return [event for event, _document in events_of(unit)]


def history_of(unit, event):
	return frappe.get_all(
		"Installed Unit Event",
		filters={"installed_unit": unit, "event": event},
		fields=[
			"old_value",
			"new_value",
			"customer",
			"from_customer",
			"happened_on",
			"reason",
			"recorded_by",
		],
	)


class TestLedger:
	def test_what_is_entered_by_hand_is_told(self) -> None:
		unit = make_installed_unit(delivered_on="2026-01-05", accepted_on="2026-02-01")
		assert sorted(told(unit.name)) == ["Accepted", "Created", "Delivered"]
		[delivered] = history_of(unit.name, "Delivered")
		assert (delivered.happened_on, delivered.customer) == (getdate("2026-01-05"), unit.customer)

	def test_a_change_of_state_says_who_and_from_what_to_what(self) -> None:
		unit = make_installed_unit()
		agent = make_user("Service Desk Agent").name
		frappe.set_user(agent)
		unit.reload()
		unit.state = "Down"
		unit.save()
		frappe.set_user("Administrator")
		[row] = history_of(unit.name, "State Changed")
		assert (row.old_value, row.new_value, row.recorded_by) == ("In Service", "Down", agent)
		unit.state = "Retired"
		unit.save()
		assert [row.old_value for row in history_of(unit.name, "Retired")] == ["Down"]

	def test_a_save_that_changes_nothing_tells_nothing(self) -> None:
		unit = make_installed_unit(delivered_on="2026-01-05")
		before = told(unit.name)
		unit.notes = "seen"
		unit.save()
		assert told(unit.name) == before

	def test_a_corrected_date_and_a_move(self) -> None:
		unit = make_installed_unit(delivered_on="2026-01-05")
		rack = make_installed_unit(customer=unit.customer, unit_kind="Rack")
		unit.update({"delivered_on": "2026-01-07", "parent_unit": rack.name})
		unit.save()
		[row] = history_of(unit.name, "Corrected")
		assert (row.old_value, row.new_value, row.reason) == ("2026-01-05", "2026-01-07", "delivered_on")
		[row] = history_of(unit.name, "Moved")
		assert (row.old_value, row.new_value, row.reason) == (None, rack.name, "parent_unit")

	def test_parts_change_hands_with_what_they_are_part_of(self) -> None:
		rack = make_installed_unit(unit_kind="Rack")
		board = make_installed_unit(customer=rack.customer, parent_unit=rack.name)
		port = make_installed_unit(customer=rack.customer, parent_unit=board.name)
		buyer = make_customer()
		former = rack.customer
		rack.customer = buyer.name
		rack.save()
		for part in (board, port):
			part.reload()
			assert (part.customer, part.customer_name) == (buyer.name, buyer.customer_name)
			[row] = history_of(part.name, "Transferred")
			assert (row.from_customer, row.customer) == (former, buyer.name)
			part.save()

	def test_rows_are_neither_written_nor_changed_nor_deleted(self) -> None:
		unit = make_installed_unit()
		name = frappe.db.get_value("Installed Unit Event", {"installed_unit": unit.name})
		row = frappe.get_doc("Installed Unit Event", name)
		row.reason = "changed"
		with pytest.raises(LedgerIsAppendOnlyError):
			row.save()
		with pytest.raises(LedgerIsAppendOnlyError):
			row.delete()
		values = {"installed_unit": unit.name, "event": "Delivered", "happened_on": today()}
		with pytest.raises(LedgerIsAppendOnlyError):
			insert("Installed Unit Event", values, {})


class TestIdentity:
	def test_a_unit_with_a_history_is_neither_deleted_nor_renamed(self) -> None:
		customer = make_customer().name
		key = key_of("Delivery Note Item", frappe.generate_hash(length=8), 1)
		[name] = place([NewUnit(key, customer, getdate(), ("Delivery Note", "DN"))]).values()
		with pytest.raises(installed_unit.UnitHasHistoryError):
			frappe.delete_doc("Installed Unit", name, ignore_on_trash=False, force=True)
		with pytest.raises(installed_unit.UnitHasHistoryError):
			frappe.rename_doc("Installed Unit", name, "IU-OTHER", force=True)

	def test_a_unit_entered_by_mistake_goes_with_its_ledger(self) -> None:
		unit = make_installed_unit()
		frappe.delete_doc("Installed Unit", unit.name)
		assert told(unit.name) == []

	def test_the_key_follows_the_serial_number(self) -> None:
		item = make_item(has_serial_no=1).name
		first, second = (serial_of(item) for _time in range(2))
		unit = make_installed_unit(item_code=item, serial_no=first)
		assert unit.source_key == f"Serial No|{first}"
		unit.serial_no = second
		unit.save()
		assert unit.source_key == f"Serial No|{second}"
		unit.serial_no = None
		unit.save()
		assert unit.source_key is None

	def test_one_unit_for_one_serial_number(self) -> None:
		item = make_item(has_serial_no=1).name
		serial = serial_of(item)
		make_installed_unit(item_code=item, serial_no=serial)
		with pytest.raises(installed_unit.UnitAlreadyThereError):
			make_installed_unit(item_code=item, serial_no=serial)

	def test_units_from_before_get_their_key_and_first_row_once(self) -> None:
		item = make_item(has_serial_no=1).name
		unit = make_installed_unit(item_code=item, serial_no=serial_of(item))
		frappe.db.set_value("Installed Unit", unit.name, "source_key", None)
		frappe.db.delete("Installed Unit Event", {"installed_unit": unit.name})
		give_units_keys.execute()
		assert frappe.db.get_value("Installed Unit", unit.name, "source_key") == f"Serial No|{unit.serial_no}"
		assert told(unit.name) == ["Created"]
		give_units_keys.execute()
		assert told(unit.name) == ["Created"]


def serial_of(item: str) -> str:
	return insert(
		"Serial No", {"serial_no": unique("SN"), "item_code": item, "company": "Acme Service"}, {}
	).name


class TestTree:
	@pytest.fixture
	def place(self, clean_transaction):
		place = make_installed_unit(unit_kind="Site", latitude=31.23, longitude=121.47)
		rack = make_installed_unit(customer=place.customer, unit_kind="Rack", parent_unit=place.name)
		make_installed_unit(customer=place.customer, unit_kind="Board", parent_unit=rack.name)
		return place

	def test_level_by_level(self, place) -> None:
		[top] = api.get_children("Installed Unit", "whoever", customer=place.customer, is_root="true")
		assert (top["value"], top["expandable"]) == (place.name, True)
		[rack] = api.get_children("Installed Unit", place.name, customer=place.customer)
		assert (rack["unit_kind"], rack["expandable"]) == ("Rack", True)
		[board] = api.get_children("Installed Unit", rack["value"])
		assert board["expandable"] is False
		assert api.get_children("Installed Unit", is_root="true") == []

	def test_the_position_is_that_of_the_site(self, place) -> None:
		[rack] = api.get_children("Installed Unit", place.name)
		[board] = api.get_children("Installed Unit", rack["value"])
		position = api.unit_history(board["value"])["position"]
		assert position == {"latitude": 31.23, "longitude": 121.47, "from_unit": place.name}

	def test_a_position_is_on_the_globe(self) -> None:
		with pytest.raises(installed_unit.UnitRecordMismatchError):
			make_installed_unit(latitude=91)


class TestReadings:
	def test_a_counter_does_not_go_back(self) -> None:
		unit = make_installed_unit().name
		make_unit_reading(installed_unit=unit, value=500, read_at=add_days(now_datetime(), -10))
		with pytest.raises(readings.MeterGoesBackError):
			make_unit_reading(installed_unit=unit, value=499)
		make_unit_reading(installed_unit=unit, value=3, meter_replaced=1)
		make_unit_reading(installed_unit=unit, value=4)
		# one found later must fit between its neighbours
		with pytest.raises(readings.MeterGoesBackError):
			make_unit_reading(installed_unit=unit, value=499, read_at=add_days(now_datetime(), -5))
		make_unit_reading(installed_unit=unit, value=600, read_at=add_days(now_datetime(), -5))

	def test_other_meters_and_temperatures_go_as_they_like(self) -> None:
		unit = make_installed_unit().name
		make_unit_reading(installed_unit=unit, value=500)
		make_unit_reading(installed_unit=unit, value=1, meter="Hours")
		for value in (30, 20):
			make_unit_reading(installed_unit=unit, value=value, meter="Temperature", counts_up=0)
		meters = {meter["meter"]: meter["latest"] for meter in readings.meters_of(unit)}
		assert meters == {"Pages": 500, "Hours": 1, "Temperature": 20}

	def test_not_of_tomorrow(self) -> None:
		with pytest.raises(readings.ReadingInFutureError):
			make_unit_reading(read_at=add_days(now_datetime(), 1))


class TestMany:
	def test_many_units_change_and_what_cannot_is_named(self, monkeypatch) -> None:
		progress = []
		monkeypatch.setattr(
			frappe, "publish_realtime", lambda *args, **kwargs: progress.append((args, kwargs))
		)
		customer = make_customer().name
		units = [make_installed_unit(customer=customer).name for _number in range(60)]
		gone = units[7]
		frappe.delete_doc("Installed Unit", gone)
		result = bulk_changes.run(units, {"state": "Stored", "criticality": "High"})
		assert result["done"] == 59
		assert list(result["failed"]) == [gone]
		assert frappe.db.count("Installed Unit", {"customer": customer, "state": "Stored"}) == 59
		assert told(units[0]).count("State Changed") == 1
		percents = [args[1]["percent"] for args, _kwargs in progress if args[0] == "progress"]
		assert percents == [50 * 100 / 60, 100]
		# to whoever asked, never to everybody
		told_to = [kwargs["user"] for args, kwargs in progress if args[0] in ("progress", "msgprint")]
		assert told_to == ["Administrator"] * 3
		assert bulk_changes.run(units[:5], {"state": "Stored"})["done"] == 0

	def test_with_the_rights_of_whoever_asked(self) -> None:
		unit = make_installed_unit().name
		frappe.set_user(make_user().name)
		assert list(bulk_changes.run([unit], {"state": "Down"})["failed"]) == [unit]
		with pytest.raises(frappe.PermissionError):
			api.change_many([unit], {"state": "Down"})

	def test_only_what_may_be_changed_in_bulk(self) -> None:
		with pytest.raises(bulk_changes.NothingToChangeError):
			bulk_changes.start(["IU-1"], {"customer": "Somebody"})


def test_units_come_in_by_data_import() -> None:
	customer = make_customer().name
	names = [unique("Imported") for _number in range(2)]
	lines = ['"Unit","Customer","Serial Number","Kind","State"']
	lines += [f'"{name}","{customer}","{unique("SN")}","Rack","Stored"' for name in names]
	file = insert("File", {"file_name": "units.csv", "content": "\n".join(lines), "is_private": 1}, {})
	data_import = insert(
		"Data Import",
		{
			"reference_doctype": "Installed Unit",
			"import_type": "Insert New Records",
			"import_file": file.file_url,
		},
		{},
	)
	Importer("Installed Unit", data_import=data_import).import_data()
	units = frappe.get_all("Installed Unit", {"unit_name": ("in", names)}, ["name", "state", "unit_kind"])
	assert [(unit.state, unit.unit_kind) for unit in units] == [("Stored", "Rack")] * 2
	assert told(units[0].name) == ["Created"]
