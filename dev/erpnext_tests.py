"""Run ERPNext's own tests of one DocType on a site and write each test's result to a file, as {test: result}.

usage: erpnext_tests.py SITE DOCTYPE FILE. Frappe's runner makes the test records and runs; this only listens.
"""

import json
import sys
import unittest
from pathlib import Path

import frappe
from frappe import test_runner


class Recorder(test_runner.TimeLoggingTestResult):
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
	test_runner.TimeLoggingTestResult = Recorder
	frappe.init(site)
	frappe.connect()
	test_runner.main(site=site, doctype=doctype, verbose=False)
	Path(target).write_text(json.dumps(Recorder.results, indent=1, sort_keys=True))


main(*sys.argv[1:])
