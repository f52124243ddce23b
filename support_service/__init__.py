"""After-sales and field service for ERPNext."""

__version__ = "0.1.0"
