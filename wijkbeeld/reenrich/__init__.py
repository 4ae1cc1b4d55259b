"""``wijkbeeld reenrich``: what it does with a running system, and what it shows."""
