"""After-sales and field service for ERPNext."""

__version__ = "0.2.0"
