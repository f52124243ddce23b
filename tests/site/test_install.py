"""Install and uninstall through the bench command line, on a site of its own that holds data (R46)."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from support_service.install import UnsupportedVersionError, before_install, before_migrate
from tests.effort import times
from tests.site.bare_site import REPO, SITES, BareSite, differences

ROUNDS = times(few=2, many=5)
SITE = os.environ.get("INSTALL_SITE", "install-support-service.localhost")


@pytest.fixture(scope="module")
def bare() -> Iterator[BareSite]:
	"""An ERPNext site with data, without the app."""
	make_site("--fresh", "--without-app")
	site = BareSite(SITE)
	site.run("bare_site_data.py", "erpnext")
	yield site
	make_site("--drop")


def make_site(*options: str) -> None:
	done = subprocess.run(
		[str(REPO / "dev" / "site"), SITE, *options],
		env=os.environ | {"FRAPPE_BENCH": str(SITES.parent)},
		stdin=subprocess.DEVNULL,
		capture_output=True,
		text=True,
	)
	assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def install(bare: BareSite, code: int = 0) -> str:
	return bare.bench("install-app", "support_service", code=code)


def uninstall(bare: BareSite) -> None:
	bare.bench("uninstall-app", "support_service", "--yes", "--no-backup")


def by_frappe_itself(line: str) -> bool:
	"""Frappe 16 deletes an app's sidebar in a dry run, too; the next migrate brings it back."""
	return line.startswith("tabWorkspace Sidebar") or (
		line.startswith("tabDeleted Document") and "'deleted_doctype': 'Workspace Sidebar'" in line
	)


@pytest.mark.parametrize(
	("app", "found"),
	[("frappe", "15.39.0"), ("erpnext", "14.70.1"), ("erpnext", "16.0.0-dev"), ("frappe", "17.0.1")],
)
def test_unsupported_version_is_refused_before_install_and_migrate(
	monkeypatch: pytest.MonkeyPatch, app: str, found: str
) -> None:
	monkeypatch.setattr(f"{app}.__version__", found)
	for gate in (before_install, before_migrate):
		with pytest.raises(UnsupportedVersionError, match=rf"{app} 15\.40\.0.* or 16\.\d+\.0 .* has {found}"):
			gate()


def test_refused_install_names_the_foreign_doctype_and_changes_nothing(bare: BareSite) -> None:
	before = bare.picture()
	bare.run("foreign_doctype.py", "create")
	said = install(bare, code=-1)
	assert "DocType Service Team (custom)" in said and "already has records of the same name" in said
	bare.run("foreign_doctype.py", "remove")
	assert differences(before, bare.picture()) == []


def test_install_use_uninstall_leaves_nothing_each_time(bare: BareSite) -> None:
	before = bare.picture()
	for number in range(1, ROUNDS + 1):
		install(bare)
		bare.run("bare_site_data.py", "app")
		uninstall(bare)
		left = differences(before, bare.picture())
		assert not left, f"round {number}:\n" + "\n".join(left[:40])


def test_second_migrate_and_dry_run_change_nothing_of_ours_nor_of_an_admins(bare: BareSite) -> None:
	install(bare)
	bare.bench("migrate")
	bare.run("bare_site_data.py", "admin")
	before = bare.picture()
	bare.bench("migrate")
	after = bare.picture()
	bare.bench("uninstall-app", "support_service", "--dry-run")
	assert [line for line in differences(after, bare.picture()) if not by_frappe_itself(line)] == []
	told = ("support_service", "Service", "tabCustom ")
	ours = [line for line in differences(before, after) if any(word in line for word in told)]
	uninstall(bare)
	assert not ours, "\n".join(ours[:40])


def test_erpnext_reads_and_writes_as_before(bare: BareSite) -> None:
	"""After install and uninstall the old documents still take new stock movements."""
	assert "support_service" not in bare.bench("list-apps")
	bare.run("bare_site_data.py", "stock")


def test_an_uninstall_names_what_points_at_us_and_stops_unless_forced(bare: BareSite) -> None:
	"""Last: what the site's own records lose of ours is not in the picture any more."""
	install(bare)
	bare.run("bare_site_data.py", "point")
	before = bare.picture()
	said = bare.bench("uninstall-app", "support_service", "--yes", "--no-backup", code=-1)
	for named in (
		"Customer: Custom Field best_unit (1 values)",
		"Customer: Custom Field about (1 values)",
		"Customer: Custom Field tools (1 values)",
		"Customer: Server Script Count Units",
		"With --force",
	):
		assert named in said, said[-2000:]
	assert differences(before, bare.picture()) == []
	bare.bench("uninstall-app", "support_service", "--yes", "--no-backup", "--force")
	bare.run("bare_site_data.py", "unpoint")
	kept = list((SITES / SITE / "private" / "backups").glob("*-support_service_links.json"))
	assert len(kept) == 1
	text = kept[0].read_text()
	assert '"about_type": "Installed Unit"' in text and '"software": "Viewer"' in text
