"""Tools: state machines that turn pointer events in document coordinates into edits. No Qt in here."""
