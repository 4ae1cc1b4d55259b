"""Personal data at every door of a running Wijkbeeld, and the search for it."""
