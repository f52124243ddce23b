"""Example of an app that extends support_service."""

__version__ = "0.1.0"
