"""The canvas on the screen: what part of the document is seen and how, and where a pen touches it."""
