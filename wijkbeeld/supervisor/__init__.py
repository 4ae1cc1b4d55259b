"""Starts the parts of one machine, watches them, and ends them together."""
