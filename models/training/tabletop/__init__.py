"""What stands on a table, and the room around it."""
