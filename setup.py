"""Kept beside pyproject.toml for tools that still look for it; all metadata lives there."""

from setuptools import setup

setup()
