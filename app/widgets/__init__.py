"""The widget kit: small widgets in the theme's look. They know neither the session nor the document. GUI thread only."""
