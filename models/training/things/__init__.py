"""What stands, lies, floats and flies in a scene: each function returns one `Thing`, drawn at a `Spot`."""
