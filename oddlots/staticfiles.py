"""Static files: hashed names once they have been collected, plain names before (tests)."""

from urllib.parse import urljoin

from whitenoise.storage import CompressedManifestStaticFilesStorage

__all__ = ["Storage"]


class Storage(CompressedManifestStaticFilesStorage):
    """A manifest storage that answers the plain name where nothing was collected yet."""

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a static file; hashed when ``collectstatic`` has run."""
        if self.hashed_files:
            return str(super().url(name, force))
        return urljoin(self.base_url, name)
