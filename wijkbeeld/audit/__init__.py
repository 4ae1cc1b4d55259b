"""``wijkbeeld audit``: what it is asked of, and how its report is shown."""
