"""A source that is added as docs/add-a-source.md tells, and runs."""
