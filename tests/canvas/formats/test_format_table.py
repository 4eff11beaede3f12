"""The page of help says what the formats really keep."""

from __future__ import annotations

from format_table import FORMATS, NO, PAGE, ROWS, YES, page_with, table


def test_the_page_is_what_comes_out():
    made = table()
    assert page_with(made) == PAGE.read_text("utf-8"), "run python tests/canvas/formats/format_table.py"
    rows = [line.split(" | ") for line in made.splitlines()[2:]]
    assert len(rows) == len(ROWS)
    assert all(len(row) == len(FORMATS) + 1 for row in rows)
    assert all(row[1] == YES for row in rows), "our own format keeps everything"
    assert all(cell.rstrip(" |") != NO for cell in rows[0][1:]), "every format keeps the picture"
