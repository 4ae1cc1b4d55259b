"""NDW: incidents on roads, from the national feed in DATEX II."""
