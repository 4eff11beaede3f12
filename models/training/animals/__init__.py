"""Animals, one kind a module; every function returns one `Thing` with its symbol."""
