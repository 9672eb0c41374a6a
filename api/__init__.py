"""The doors: HTTP, sign-in, live stream, pages, command line, worker."""
