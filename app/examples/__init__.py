"""The documents that come with Underdraw: the first one, and the examples of the Help menu; and how they are drawn."""
