"""The engine: layers become conditions, conditions become images, after every stroke.

Imports `canvas.snapshot` and `models` only. Qt appears in `inference.thread` alone; torch, diffusers and transformers
in `inference.engine`, `inference.families`, `inference.preprocess` and what they import, never in the GUI process.
"""
