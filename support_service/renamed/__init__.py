"""Paths of the last release that lead somewhere else now. They lead on for one release.

Other apps' hooks, jobs queued before an upgrade and pages open in a browser name modules and functions by their old paths.
`import support_service.<old path>` gives a module with the names of the new one, and warns.

Whoever moves a module adds a line to MODULES in `paths.py`; whoever moves or renames a function or class adds one to
NAMES, and where its module is still there, ends that module with `__getattr__ = names_of_last_release(__name__)`.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from support_service.renamed.paths import MODULES, NAMES

__all__ = ["MODULES", "NAMES", "install", "names_of_last_release", "new_path"]

APP = "support_service"


def new_path(path: str) -> str:
	"""The present path of a module or of something in it; `path` itself where nothing was renamed."""
	short = path.removeprefix(f"{APP}.")
	if short == path:
		return path
	if short in NAMES:
		return f"{APP}.{NAMES[short]}"
	module, _dot, rest = short, "", ""
	while module:
		if module in MODULES:
			return f"{APP}.{MODULES[module]}{rest}"
		module, dot, last = module.rpartition(".")
		rest = f"{dot}{last}{rest}"
	return path


def names_of_last_release(module: str) -> Callable[[str], object]:
	"""`__getattr__` of a module that is still there: finds what was in it and has another path or name now, and warns."""

	def find(name: str) -> object:
		old = f"{module}.{name}"
		new = new_path(old)
		if new == old:
			raise AttributeError(f"module {module!r} has no attribute {name!r}")
		warnings.warn(f"{old} is {new} now", DeprecationWarning, stacklevel=2)
		place, _dot, attribute = new.rpartition(".")
		return getattr(importlib.import_module(place), attribute)

	return find


class _OldModule(ModuleType):
	"""Stands for a module that was renamed; its names are looked up where they are now."""

	def __getattr__(self, name: str) -> object:
		if name.startswith("__"):
			raise AttributeError(name)
		module, _dot, attribute = new_path(f"{self.__name__}.{name}").rpartition(".")
		return getattr(importlib.import_module(module), attribute)


class _Finder(MetaPathFinder, Loader):
	def find_spec(
		self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
	) -> ModuleSpec | None:
		short = fullname.removeprefix(f"{APP}.")
		if short == fullname or not _is_old(short):
			return None
		return ModuleSpec(fullname, self, is_package=True)

	def create_module(self, spec: ModuleSpec) -> ModuleType:
		return _OldModule(spec.name)

	def exec_module(self, module: ModuleType) -> None:
		new = new_path(module.__name__)
		if new != module.__name__:
			module.__doc__ = importlib.import_module(new).__doc__
			warnings.warn(f"{module.__name__} is {new} now", DeprecationWarning, stacklevel=2)


def _is_old(short: str) -> bool:
	"""A renamed module, something in one that was a package, or a package that is no more."""
	return new_path(f"{APP}.{short}") != f"{APP}.{short}" or any(
		old.startswith(f"{short}.") for old in MODULES
	)


def install() -> None:
	"""After the ordinary finders: what exists under its own name is never looked up here."""
	if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
		sys.meta_path.append(_Finder())
