"""The API against its own description: schemathesis makes calls of it, what comes back must be what it says.

It has an environment of its own (dev/schemathesis), as its needs are not those of the bench. Each string parameter of each function
is tried many times, with keys that are right: no answer may be a 500, one that is not described, or of another shape.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import frappe
import pytest

from support_service.permissions.who import customers_of
from support_service.service_api import openapi
from tests import factories
from tests.effort import times
from tests.http_server import Server, api_token, http_server  # noqa: F401 - a fixture
from tests.site.api_world import of_customer, of_staff

UNPACKED = Path("config/support_service/schemathesis/bin/schemathesis")
STRINGS = 5  # string parameters of the function that has most of them


def program() -> str | None:
	if given := os.environ.get("SCHEMATHESIS"):
		return given
	sites = Path(os.environ.get("SUPPORT_SERVICE_SITES_PATH", os.getcwd()))
	unpacked = sites.parent / UNPACKED
	return str(unpacked) if unpacked.exists() else None


def make_request(user: str) -> str:
	"""A request that `user` may see."""
	customers = sorted(customers_of(user))
	return factories.make_service_request(customer=customers[0] if customers else None).name


def with_known(document: dict[str, Any], request: str) -> dict[str, Any]:
	"""The description, in which right values lead somewhere: else every call would end at "not there" or "no Base64".

	What is made to be wrong on purpose still has any value.
	"""
	right = {"request": {"const": request}, "file_name": {"enum": ["a.txt", "b.pdf"]}}
	right["content"] = {"enum": ["YSByZXBvcnQ=", ""]}
	for schema in document["components"]["schemas"].values():
		properties = schema.get("properties", {})
		if schema.get("additionalProperties") is False:  # what is sent, not what is answered
			properties.update({name: right[name] for name in right if name in properties})
	for path in document["paths"].values():
		for parameter in path.get("get", {}).get("parameters", ()):
			parameter["schema"] = right.get(parameter["name"], parameter["schema"])
	return document


@pytest.mark.skipif(not program(), reason="no schemathesis here: dev/schemathesis makes its environment")
@pytest.mark.parametrize("make", [of_customer, of_staff])
def test_what_the_description_says_holds(make, http_server: Server, tmp_path: Path):  # noqa: F811
	made = make(http_server, requests_per_minute=1_000_000)
	user = (made[0] if isinstance(made, tuple) else made).user
	token, request = api_token(user), make_request(user)
	frappe.db.commit()  # the server is another connection, and would wait for the number of the request
	document = tmp_path / "openapi.json"
	document.write_text(frappe.as_json(with_known(openapi.document(), request)))
	# what is asked is the answer, not how long a busy machine takes for it
	command = [
		str(program()),
		"run",
		str(document),
		f"--url={http_server.base_url}",
		f"--header=Authorization: token {token}",
		f"--header=X-Frappe-Site-Name: {http_server.site}",
		"--header=Connection: close",
		f"--max-examples={times(6, 40 * STRINGS)}",
		"--phases=examples,coverage,fuzzing" if times(0, 1) else "--phases=examples,fuzzing",
		"--mode=all",
		"--checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
		"--no-color",
		"--generation-database=none",
		"--request-timeout=300",
	]
	done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=3600)
	assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
