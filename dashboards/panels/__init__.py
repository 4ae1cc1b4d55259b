"""Panels: one definition of every figure that Grafana and the live page show."""
