"""How the embedded model is made: a procedural painter and the training phases. Never imported by the app."""
