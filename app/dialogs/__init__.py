"""Windows beside the main one: pages of help and the form for a new document. None of them blocks. GUI thread only."""
