"""The samples: a few episodes of our own writing, in every status and in several forms."""

from oddlots.samples.loading import NotEmpty, is_empty, load, remove

__all__ = ["NotEmpty", "is_empty", "load", "remove"]
