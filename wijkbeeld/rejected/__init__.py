"""Work on rejects: find them, look at them, repair and replay them, discard them."""
