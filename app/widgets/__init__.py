"""The widget kit: small widgets in the theme's look. They know neither session nor document. GUI thread only."""
