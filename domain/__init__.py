"""The shared language of Wijkbeeld: events, places, themes, topics, codec, errors and clock. No I/O."""
