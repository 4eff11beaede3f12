"""PSD: layered export with our own merged picture, and import of what psd-tools gives."""

from canvas.formats.psd_read import read
from canvas.formats.psd_write import write

__all__ = ["read", "write"]
