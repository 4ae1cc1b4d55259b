"""The command ``wijkbeeld``, settings, and ``up``: everything on one machine."""
