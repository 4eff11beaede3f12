"""PSD and PSB, read and written: layers, groups, masks, blend modes and adjustments, 8 and 16 bits."""

from canvas.formats.psd_losses import losses
from canvas.formats.psd_read import read
from canvas.formats.psd_write import write

__all__ = ["losses", "read", "write"]
