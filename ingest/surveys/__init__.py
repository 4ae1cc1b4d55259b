"""Surveys and key figures: official figures per area and period, with their margins."""
