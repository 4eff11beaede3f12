"""Filters: their values, what point filters do to tiles, and how filters are applied to a surface. No Qt.

A point filter works on straight sRGB colour, so that half-transparent paint is treated as its full colour would be;
an area filter on premultiplied colour, so that transparent neighbours do not darken an edge.
"""
