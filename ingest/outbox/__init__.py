"""The outbox: one SQLite file in which every record gets its identity and stays until it is durable."""
