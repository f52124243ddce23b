"""Which platform versions this app supports. Keep in step with `[tool.bench.frappe-dependencies]`.

bench's own key holds one range; it spans all of these, and what lies between them is refused here."""

import re

Version = tuple[int, int, int]

# The lowest of 16 is the one the suite was run on: the first releases of 16 still moved what we build on.
SUPPORTED: dict[str, tuple[tuple[Version, Version], ...]] = {
	"frappe": (((15, 40, 0), (16, 0, 0)), ((16, 10, 0), (17, 0, 0))),
	"erpnext": (((15, 40, 0), (16, 0, 0)), ((16, 7, 0), (17, 0, 0))),
}


def parse(version: str) -> Version:
	"""`"15.104.3"` → `(15, 104, 3)`; `"16.0.0-dev"` and `"v16"` count as `(16, 0, 0)`.

	Raises ValueError for text without a leading number.
	"""
	match = re.match(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", version.strip())
	if not match:
		raise ValueError(f"not a version: {version!r}")
	major, minor, patch = (int(part or 0) for part in match.groups())
	return major, minor, patch


def is_supported(app: str, version: str) -> bool:
	"""Whether `version` of `app` lies in one of the half-open ranges of SUPPORTED."""
	return any(lowest <= parse(version) < below for lowest, below in SUPPORTED[app])


def in_words(version: Version) -> str:
	"""`(15, 40, 0)` → `"15.40.0"`."""
	return ".".join(map(str, version))


def lowest_in_words(app: str) -> list[str]:
	"""`["15.40.0", "16.10.0"]`: the lowest supported release of each major version."""
	return [in_words(lowest) for lowest, _below in SUPPORTED[app]]
