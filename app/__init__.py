"""The application: windows, canvas view, tools, panels, actions and the command line. Composes all other rooms."""
