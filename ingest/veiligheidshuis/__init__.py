"""Veiligheidshuis: signed aggregates of cases per stadsdeel and period, and never a case."""
