"""Run by the system's Python, which has MyPaint: its picture of an OpenRaster file, and the file as it saves it.

Arguments: the file, width, height, the PNG and the OpenRaster file to write.
"""

import sys
import warnings

warnings.simplefilter("ignore")
sys.path.insert(0, "/usr/lib/mypaint")

import gi  # noqa: E402 - only here is it known where MyPaint lies

gi.require_version("Gdk", "3.0")
gi.require_version("GdkPixbuf", "2.0")

import lib.eotf  # noqa: E402
import lib.modes  # noqa: E402
import lib.mypaintlib  # noqa: E402
from lib.document import Document  # noqa: E402

source, width, height, png, saved = sys.argv[1:]


def as_the_window_does(eotf, _):
    """A file says in what light it blends; MyPaint's window, which is not here, listens to it."""
    if eotf is not None and float(eotf) == 1.0:
        lib.eotf.set_eotf(1.0)
        lib.modes.set_default_mode(lib.mypaintlib.CombineNormal)


document = Document(painting_only=True)
document.load(source, compat_handler=as_the_window_does)
document.layer_stack.save_as_png(png, 0, 0, int(width), int(height), alpha=True, background=False)
document.save(saved)
