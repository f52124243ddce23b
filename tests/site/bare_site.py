"""A throw-away site with ERPNext and data but without the app, and an exact picture of its database.

Everything here works from outside, as an admin would: the bench command line for the site, a plain MariaDB
connection for the picture. So it sees what Frappe's caches would hide.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frappe
import pymysql

REPO = Path(__file__).resolve().parents[2]
SITES = Path(os.environ.get("SUPPORT_SERVICE_SITES_PATH", os.getcwd())).resolve()

# rows the platform itself writes whenever it runs, and rows that say when something was done
EPHEMERAL_TABLES = {
	"tabError Log",
	"tabActivity Log",
	"tabSessions",
	"tabScheduled Job Log",
	"tabRQ Job",
	"__global_search",
}
EPHEMERAL_COLUMNS = {"modified", "modified_by"}
# rewritten under new names by every install and uninstall of any app
UNNAMED_TABLES = {"tabInstalled Application", "tabDefaultValue"}

Picture = dict[str, dict[Any, Any]]


@dataclass(frozen=True)
class BareSite:
	"""One site; `bench` and `run` raise with the tail of their output when they fail.

	folder: the bench it is reached through. path: put in front of Python's path there.
	"""

	name: str
	folder: Path = SITES.parent
	path: str = ""

	def bench(self, *arguments: str, code: int = 0) -> str:
		"""`bench --site NAME …`; returns what it printed. `code` is the exit code expected (-1: any but 0)."""
		return call(
			"bench", "--site", self.name, *arguments, code=code, cwd=self.folder, env=in_path(self.path)
		)

	def run(self, script: str, *arguments: str) -> str:
		"""A Python script in its own process, in the bench's sites folder."""
		env = {"SUPPORT_SERVICE_SITE": self.name} | in_path(str(REPO))
		return call(
			"../env/bin/python", str(Path(__file__).with_name(script)), *arguments, cwd=SITES, env=env
		)

	def picture(self) -> Picture:
		"""Columns, indexes, every row of every table, uploads: {"columns": …, "files": …, "tabUser": …}."""
		with self._connection() as connection, connection.cursor() as cursor:
			found: Picture = {"columns": _columns(cursor), "indexes": _indexes(cursor)}
			for table in sorted({key[0] for key in found["columns"]} - EPHEMERAL_TABLES):
				found[table] = _rows(cursor, table)
			found["files"] = {
				str(path): path.stat().st_size
				for path in (SITES / self.name).glob("p*/files/**/*")
				if path.is_file()
			}
			return found

	def _connection(self) -> Any:
		conf = frappe.get_site_config(str(SITES), str(SITES / self.name))
		place = (
			{"unix_socket": conf.db_socket}
			if conf.db_socket
			else {"host": conf.db_host, "port": int(conf.db_port)}
		)
		return pymysql.connect(
			user=conf.db_name,
			password=conf.db_password,
			database=conf.db_name,
			charset="utf8mb4",
			**place,
		)


def call(*command: str, code: int = 0, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
	"""Run a command in the bench; AssertionError with the end of its output on another exit code."""
	done = subprocess.run(
		command,
		cwd=cwd or SITES.parent,
		env=os.environ | (env or {}),
		stdin=subprocess.DEVNULL,
		stdout=subprocess.PIPE,
		stderr=subprocess.STDOUT,
		text=True,
		timeout=600,
	)
	expected = done.returncode != 0 if code == -1 else done.returncode == code
	assert expected, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}"
	return done.stdout


def in_path(folder: str) -> dict[str, str]:
	"""The variable that puts `folder`, if any, in front of Python's path."""
	return {"PYTHONPATH": os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))}


def bench_beside(folder: Path, site: str, *apps: str) -> Path:
	"""Another bench in `folder` with the same code and this one site, that lists `apps` too.

	What a bench lists counts at once for everything that runs on it, so it is never the tests' to change.
	"""
	sites = folder / "sites"
	for made in (sites, folder / "logs"):
		made.mkdir(parents=True)
	for name in ("apps", "env", "config"):
		(folder / name).symlink_to(SITES.parent / name)
	for name in ("assets", "common_site_config.json", site):
		(sites / name).symlink_to(SITES / name)
	listed = (SITES / "apps.txt").read_text().split()
	(sites / "apps.txt").write_text("\n".join([*listed, *apps]) + "\n")
	return folder


def differences(before: Picture, after: Picture) -> list[str]:
	"""What appeared, vanished or changed, one line each; empty when the pictures are equal."""
	lines = []
	for table in sorted(before.keys() | after.keys()):
		old, new = before.get(table, {}), after.get(table, {})
		for key in sorted(old.keys() | new.keys(), key=str):
			if old.get(key) != new.get(key):
				lines.append(f"{table} {key}: {_change(old.get(key), new.get(key))}")
	return lines


def _change(old: Any, new: Any) -> str:
	if old is None or new is None:
		return f"{'appeared' if old is None else 'vanished'} {str(new if old is None else old)[:300]}"
	if isinstance(old, dict) and isinstance(new, dict):
		return str(
			{column: (old.get(column), new[column]) for column in new if old.get(column) != new[column]}
		)[:300]
	return f"{old} → {new}"


def _columns(cursor: Any) -> dict[Any, Any]:
	cursor.execute(
		"SELECT table_name, column_name, column_type, is_nullable, column_default, extra, collation_name "
		"FROM information_schema.columns WHERE table_schema = DATABASE()"
	)
	return {row[:2]: row[2:] for row in cursor.fetchall()}


def _indexes(cursor: Any) -> dict[Any, Any]:
	"""All but the one by which Frappe sorts a table, which it adds to its own tables when it next alters them."""
	cursor.execute(
		"SELECT table_name, index_name, seq_in_index, column_name, non_unique "
		"FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name != 'creation'"
	)
	return {row[:3]: row[3:] for row in cursor.fetchall()}


def _rows(cursor: Any, table: str) -> dict[Any, Any]:
	cursor.execute(f"SELECT * FROM `{table}`")  # noqa: S608 - the name comes from information_schema
	columns = [column[0] for column in cursor.description]
	ignored = EPHEMERAL_COLUMNS | ({"name", "creation"} if table in UNNAMED_TABLES else set())
	found: dict[Any, Any] = {}
	for row in cursor.fetchall():
		values = {c: v for c, v in zip(columns, row, strict=True) if c not in ignored}
		if table == "tabSingles" and values["field"] in EPHEMERAL_COLUMNS:
			continue
		key = (
			values.get("name") or (values["doctype"], values["field"])
			if table == "tabSingles"
			else values.get("name")
		)
		key = key if key is not None else repr(sorted(values.items(), key=str))
		found[key] = values
	return found
