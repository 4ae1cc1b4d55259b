"""File drop: a watched folder of tables that a mapping turns into events."""
