"""What kept a former name before renames were followed: keys of packed pieces, and names shown of other records."""

from support_service.foundation.names import copies
from support_service.installed_base import renamed


def execute() -> None:
	"""Bring keys in step at once; what open and current records show is worked off by the next run."""
	renamed.mend()
	copies.note_all_behind()
