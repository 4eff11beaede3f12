"""The panels: each shows a part of the session and sends the artist's intent back to it. GUI thread only."""
