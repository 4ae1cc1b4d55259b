"""Inspections of the environment service and the fire service, as their VTH system exports them."""
