"""From raw records to located events: validate, locate, classify, in chunks, on Faust."""
