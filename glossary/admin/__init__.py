"""The glossary at the desk: the list of terms, the page of one, and what is done from there."""

from glossary.admin.entries import EntryAdmin

__all__ = ["EntryAdmin"]
