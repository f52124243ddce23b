"""Which platform versions this app supports. Keep in step with `[tool.bench.frappe-dependencies]`."""

import re

Version = tuple[int, int, int]

# 16 stays out until the whole suite passes on it: there a `has_permission` hook that answers None refuses, so every role
# but Administrator would lose its own documents and every File of the site
SUPPORTED: dict[str, tuple[Version, Version]] = {
	"frappe": ((15, 40, 0), (16, 0, 0)),
	"erpnext": ((15, 40, 0), (16, 0, 0)),
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
	"""Whether `version` of `app` lies in the half-open range of SUPPORTED."""
	lowest, below = SUPPORTED[app]
	return lowest <= parse(version) < below


def range_in_words(app: str) -> tuple[str, str]:
	"""`("15.40.0", "16.0.0")`: the lowest supported version and the first unsupported one."""
	lowest, below = SUPPORTED[app]
	return ".".join(map(str, lowest)), ".".join(map(str, below))
