"""Measurements of Wijkbeeld beside other tools: ratios of one run, never a test."""
