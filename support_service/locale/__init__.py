"""Translations (`main.pot`, `zh.po`) and what finds the strings they translate; see docs/translating.md."""
