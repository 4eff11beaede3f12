"""The document: tiles, layers, edits, history, compositing, brushes and file formats.

Plain numpy. Nothing in here knows Qt, torch or any other room of Underdraw.
"""
