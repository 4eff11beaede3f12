"""Model families: one module each, holding all that is special about it. `base` says what the engine asks of them."""
