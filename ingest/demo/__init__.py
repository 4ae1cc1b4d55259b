"""A synthetic city: a source whose output is a pure function of a seed and the time."""
