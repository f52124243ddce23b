"""`make bench` without a name measures all there is to measure, whatever becomes of one of them."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.__main__ import NAMES

REPO = Path(__file__).resolve().parents[2]
NOT_MEASURED = {
	"__init__",
	"__main__",
	"harness",
	"cleared",
	"scale",
	"coverage_scale",
	"form_opener",
	"statements",
	"takeover_world",
}


def run(tmp_path: Path, *names: str) -> subprocess.CompletedProcess:
	"""On a site that does not exist: each stops at once."""
	where = {
		"SUPPORT_SERVICE_SITE": "nowhere.localhost",
		"PYTHONPATH": str(REPO),
		"PYTHONDONTWRITEBYTECODE": "1",
	}
	return subprocess.run(
		[sys.executable, "-m", "benchmarks", *names],
		cwd=tmp_path,
		env={**os.environ, **where},
		capture_output=True,
		text=True,
	)


def test_all_of_them_have_their_turn(tmp_path):
	done = run(tmp_path)
	assert done.returncode == 1
	assert f"Stopped: {', '.join(NAMES)}." in done.stderr
	assert done.stderr.count("nowhere.localhost does not exist") >= len(NAMES)


def test_a_name_that_nobody_knows_is_refused(tmp_path):
	assert (run(tmp_path, "due-date", "nonsense").returncode, run(tmp_path, "due-date").returncode) == (2, 1)


def test_none_is_forgotten():
	assert {path.stem for path in (REPO / "benchmarks").glob("*.py")} - NOT_MEASURED == set(NAMES)
