"""The ten styles: each module turns the same scene into a look of its own. `book.STYLE_BOOK` lists them by name."""
