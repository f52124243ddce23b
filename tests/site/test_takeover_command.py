"""`bench --site SITE support-service takeover`: the same engine, with its report on the terminal."""

from __future__ import annotations

import re
import subprocess
import sys

import frappe
import pytest

from tests import factories
from tests.site import takeover_world as world
from tests.site.bare_site import SITES


def command(site: str, *arguments: str, code: int = 0) -> str:
	done = subprocess.run(
		[
			sys.executable,
			"-m",
			"frappe.utils.bench_helper",
			"frappe",
			"--site",
			site,
			"support-service",
			"takeover",
			*arguments,
		],
		cwd=SITES,
		stdin=subprocess.DEVNULL,
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		text=True,
	)
	assert done.returncode == code, done.stdout
	return done.stdout


@pytest.fixture
def customer(clean_transaction):
	name = factories.make_customer().name
	world.make_issue(customer=name)
	frappe.db.commit()
	return name


def test_dry_run_run_and_repeat(site, customer):
	said = command(site, "--dry-run", "--kind", "issues", "--customer", customer)
	assert "Done" in said and "Issue: 1 Would Be Made" in said
	assert "Issue: 1 Made" in command(site, "--kind", "issues", "--customer", customer)
	assert "Issue: 1 Already There" in command(site, "--kind", "issues", "--customer", customer)


def test_all_companies_unless_one_is_named(site, customer):
	said = command(site, "--dry-run", "--kind", "issues", "--customer", customer)
	run = re.search(r"TO-\d+-\d+", said).group()
	frappe.db.rollback()
	assert not frappe.db.get_value("Takeover Run", run, "company")


def test_goes_on_with_a_stopped_run(site, customer):
	run = world.make_run("issues", customer=customer)
	run.db_set({"status": "Stopped", "checkpoint": '{"issues": {"total": 1}}'})
	frappe.db.commit()
	assert "Issue: 1 Made" in command(site, "--resume", run.name)


def test_an_unknown_kind_is_refused(site, customer):
	assert "Invalid value for '--kind'" in command(site, "--kind", "everything", code=2)
