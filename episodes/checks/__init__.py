"""Quality checks: what is wrong with a transcript, found before a reader finds it.

Pure: a :class:`~episodes.checks.subject.Subject` in, findings out (``registry.check``).
"""
