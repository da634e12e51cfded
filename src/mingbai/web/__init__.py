"""The shell people look at: sign-in, home, pages, static files."""
