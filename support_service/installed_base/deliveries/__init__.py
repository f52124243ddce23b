"""Installed Units follow ERPNext's deliveries, returns, installations and customers' Assets; see documents.py."""

from support_service.renamed import names_of_last_release

__getattr__ = names_of_last_release(__name__)
