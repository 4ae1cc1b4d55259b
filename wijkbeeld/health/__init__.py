"""How a part shows how it does: metrics, readiness, and a watchdog that ends it when it stands still."""
