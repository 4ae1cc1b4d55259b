"""Boards as code -> Grafana JSON and provisioning; grafana-api pushes; the live page."""
