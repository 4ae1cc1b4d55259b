"""Registered crime: counts of the police per area, period and offence, from CBS's OData service."""
