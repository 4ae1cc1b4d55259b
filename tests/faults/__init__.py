"""The faults that the guarantee must survive, by their numbers in ``docs/testing.md``."""
