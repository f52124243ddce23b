"""After-sales and field service for ERPNext."""

from support_service import renamed

__version__ = "0.2.0"

renamed.install()
