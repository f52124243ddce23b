"""Run ERPNext's own tests of one DocType on a site and write each test's result to a file, as {test: result}.

usage: erpnext_tests.py SITE DOCTYPE FILE. Frappe's runner makes the test records and runs; this only listens.
"""

import contextlib
import json
import sys
import unittest
from pathlib import Path

import frappe

try:  # version 16
	from frappe.commands.testing import main as run_tests
	from frappe.testing import runner
	from frappe.testing.result import TestResult

	def listen(result: type[TestResult]) -> None:
		runner.TestResult = result

except ImportError:
	from frappe import test_runner
	from frappe.test_runner import TimeLoggingTestResult as TestResult
	from frappe.test_runner import main as run_tests

	def listen(result: type[TestResult]) -> None:
		test_runner.TimeLoggingTestResult = result


class Recorder(TestResult):
	"""Notes how each test ended. A test that fails in its class's set-up is noted under the class."""

	results: dict[str, str] = {}

	def note(self, test: unittest.TestCase, result: str) -> None:
		self.results[test.id()] = result

	def addSuccess(self, test):
		self.note(test, "passed")
		super().addSuccess(test)

	def addFailure(self, test, err):
		self.note(test, "failed")
		super().addFailure(test, err)

	def addError(self, test, err):
		self.note(test, f"error: {err[0].__name__}")
		super().addError(test, err)

	def addSkip(self, test, reason):
		self.note(test, "skipped")
		super().addSkip(test, reason)

	def addSubTest(self, test, subtest, err):
		if err is not None:
			self.note(subtest, "failed")
		super().addSubTest(test, subtest, err)


def main(site: str, doctype: str, target: str) -> None:
	listen(Recorder)
	frappe.init(site)
	frappe.connect()
	with contextlib.suppress(SystemExit):  # a test failed; which ones is what is compared
		run_tests(site=site, doctype=doctype, verbose=False)
	Path(target).write_text(json.dumps(Recorder.results, indent=1, sort_keys=True))


main(*sys.argv[1:])
