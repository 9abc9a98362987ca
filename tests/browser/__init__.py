"""Pages in a real browser: Chromium without a window, which `make test-browser` looks for."""
