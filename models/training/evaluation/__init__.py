"""How good an exported model is: rulers trained on the painter's pictures, and one module a question."""
