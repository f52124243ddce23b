"""A real Alertmanager on loopback, from Debian's package `prometheus-alertmanager` (dev/alertmanager puts it into the bench)."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from tests.http_server import free_port

PROGRAM = "prometheus-alertmanager"
# below the bench; `make test` runs in its `sites` folder
UNPACKED = Path("config/support_service/alertmanager/usr/bin") / PROGRAM
# Debian's program looks for it there, wherever it lies itself
TEMPLATES = Path("/usr/share/prometheus/alertmanager/email.tmpl")
CONFIG = """
route:
  receiver: desk
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: desk
    webhook_configs:
      - url: '{url}'
        send_resolved: true
        http_config:
          authorization: {{type: Bearer, credentials: '{token}'}}
"""


def program() -> str | None:
	"""Where the program is; None where this machine has none."""
	sites = Path(os.environ.get("SUPPORT_SERVICE_SITES_PATH", os.getcwd()))
	if installed := shutil.which(PROGRAM):
		return installed
	unpacked = sites.parent / UNPACKED
	return str(unpacked) if unpacked.exists() and TEMPLATES.exists() else None


@contextmanager
def running(folder: Path, url: str, token: str) -> Iterator[str]:
	"""Start it with one receiver; yields its address."""
	(folder / "alertmanager.yml").write_text(CONFIG.format(url=url, token=token))
	port = free_port()
	command = [
		str(program()),
		f"--config.file={folder / 'alertmanager.yml'}",
		f"--storage.path={folder / 'data'}",
		f"--web.listen-address=127.0.0.1:{port}",
		"--cluster.listen-address=",
	]
	with (folder / "log").open("w") as log:
		process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
	address = f"http://127.0.0.1:{port}"
	try:
		_wait(process, address, folder)
		yield address
	finally:
		process.terminate()
		process.wait(timeout=20)


def _wait(process: subprocess.Popen, address: str, folder: Path) -> None:
	end = time.monotonic() + 60
	while time.monotonic() < end and process.poll() is None:
		try:
			if requests.get(f"{address}/-/ready", timeout=5).ok:
				return
		except requests.ConnectionError:
			time.sleep(0.2)
	raise AssertionError(f"Alertmanager did not start:\n{(folder / 'log').read_text()[-2000:]}")
