"""Former names that stayed in our documents before renames were followed: in keys of packed pieces, and in copied names."""

from support_service.foundation.names import copies
from support_service.installed_base import renamed


def execute() -> None:
	"""Update the keys at once; copies in open and current records are left to the next run of `copies.run`."""
	renamed.mend()
	copies.note_all_behind()
