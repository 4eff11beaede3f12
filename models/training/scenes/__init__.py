"""What a scene shows: one module a family of subjects, each filling a Scene."""
