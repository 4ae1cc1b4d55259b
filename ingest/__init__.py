"""The world -> outbox -> raw topics: connectors, identity, poller and publisher."""
