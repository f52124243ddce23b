"""Another app that brings one of our names is stopped before anything of either is changed, and both are named."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import frappe
import pytest
from frappe.modules.import_file import import_file_by_path

from support_service.install import before_install, before_migrate
from support_service.setup import names, ownership
from tests import factories
from tests.site.bare_site import BareSite
from tests.site.other_app import look_again, motto, on_bench, write_app, write_record

APP, MODULE, TEAM = "support_service_rival", "Rival Room", "Service Team"


@pytest.fixture
def rival(tmp_path: Path) -> Iterator[Path]:
	"""An app on the bench that brings nothing yet; the folder of its one module."""
	tmp_path.chmod(0o755)
	room = write_app(tmp_path, APP, MODULE)
	with on_bench(APP, tmp_path):
		yield room
	look_again()


def module_of(doctype: str) -> str:
	frappe.db.rollback()
	return frappe.db.get_value("DocType", doctype, "module")


def test_its_installation_is_refused(site: str, rival: Path) -> None:
	write_record(rival, MODULE, "DocType", TEAM, **motto(TEAM))
	write_record(
		rival, MODULE, "Report", "Expiring Contracts", ref_doctype="Customer", report_type="Query Report"
	)
	said = BareSite(site).bench("install-app", APP, code=-1)
	assert f"{APP} was not installed: it and support_service both bring" in said
	assert f"DocType {TEAM}, Report Expiring Contracts" in said
	look_again()
	assert module_of(TEAM) == "Support Service" and APP not in frappe.get_installed_apps()
	assert not frappe.db.exists("Module Def", MODULE)


def test_one_that_grows_into_our_name_stops_the_migrate_and_what_it_took_comes_back(
	site: str, rival: Path
) -> None:
	team = factories.make_service_team().name
	frappe.db.commit()
	bench = BareSite(site)
	try:
		bench.bench("install-app", APP)
		look_again()
		before_migrate()  # nothing to say against it yet
		theirs = write_record(rival, MODULE, "DocType", TEAM, **motto(TEAM))
		said = bench.bench("migrate", code=-1)
		assert f"Nothing was migrated: {APP} and support_service both bring DocType {TEAM}" in said
		assert module_of(TEAM) == "Support Service"

		import_file_by_path(str(theirs))  # what Frappe does where nobody stops it
		frappe.db.commit()
		assert module_of(TEAM) == MODULE
		with pytest.raises(ownership.NameClashError, match=APP):
			before_migrate()

		theirs.unlink()
		before_migrate()  # they gave it up
		ours = Path(frappe.get_app_path(names.APP)) / "support_service/doctype/service_team/service_team.json"
		import_file_by_path(str(ours))
		frappe.db.commit()
		assert module_of(TEAM) == "Support Service"
		assert frappe.get_doc(TEAM, team).lead
	finally:
		frappe.db.rollback()
		bench.bench("uninstall-app", APP, "--yes", "--no-backup")
		look_again()
		if frappe.db.has_column(TEAM, "motto"):
			frappe.db.sql_ddl(f"ALTER TABLE `tab{TEAM}` DROP COLUMN `motto`")
			frappe.clear_cache(doctype=TEAM)


@pytest.mark.parametrize("kind", sorted({kind for kind, _name in names.records()}))
def test_every_kind_of_record_we_ship_is_looked_for(tmp_path: Path, kind: str) -> None:
	name = next(name for found, name in names.records() if found == kind)
	room = write_app(tmp_path, APP, MODULE)
	write_record(room, MODULE, kind, f"Another {name}")
	assert names.also_in(tmp_path / APP, [MODULE]) == []
	write_record(room, MODULE, kind, name)
	assert names.also_in(tmp_path / APP, [MODULE]) == [(kind, name)]


def test_a_module_of_our_name(tmp_path: Path) -> None:
	write_app(tmp_path, APP, "Field Service")
	assert names.also_in(tmp_path / APP, ["field-service"]) == [("Module Def", "Field Service")]


def test_a_record_of_the_sites_own_under_a_name_of_ours_is_not_overwritten() -> None:
	before_migrate()
	report = "Expiring Contracts"
	frappe.db.set_value("Report", report, {"is_standard": "No", "module": None})
	for gate in (before_migrate, before_install):
		with pytest.raises(frappe.ValidationError, match=f"Report {report}"):
			gate()
