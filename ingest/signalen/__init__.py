"""Signalen: reports of residents (meldingen) from the private API, version 1."""
