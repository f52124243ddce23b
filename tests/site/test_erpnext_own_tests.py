"""ERPNext's own tests end the same with the app installed as without (R46, B4)."""

from __future__ import annotations

import os
import subprocess

import frappe
import pytest

from support_service.constants.custom_fields import CUSTOM_FIELDS
from tests.site.bare_site import REPO, SITES


def test_frappes_runner_stops_at_our_doctypes():
	"""Else ERPNext's test records would be made in another order, and its tests fail for that alone."""
	modules = frappe.get_all("Module Def", {"app_name": "support_service"}, pluck="name")
	ours = set(frappe.get_all("DocType", {"module": ("in", modules)}, pluck="name"))
	linked = {
		field["options"]
		for fields in CUSTOM_FIELDS.values()
		for field in fields
		if field["fieldtype"] == "Link" and field["options"] in ours
	}
	assert linked
	for doctype in linked:
		from frappe.test_runner import get_dependencies

		assert get_dependencies(doctype) in ([], [doctype]), f"{doctype} needs a test module with test_ignore"


@pytest.mark.long
def test_the_same_results_with_the_app():
	"""About ten minutes on two cores; see docs/erpnext-tests.md."""
	done = subprocess.run(
		[str(REPO / "dev" / "erpnext-tests")],
		env=os.environ | {"FRAPPE_BENCH": str(SITES.parent)},
		stdin=subprocess.DEVNULL,
		capture_output=True,
		text=True,
	)
	assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
	assert "0 different with it" in done.stdout
