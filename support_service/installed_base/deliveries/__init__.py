"""Installed Units follow ERPNext's deliveries, returns, installations and customers' Assets; see documents.py."""

from support_service.renamed import old_names

__getattr__ = old_names(__name__)
