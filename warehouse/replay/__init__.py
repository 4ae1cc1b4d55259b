"""Located events once more: from the archive or a topic to ``events.backfill``.

The loader takes them as it takes any others. Doing it twice changes nothing, so a replay into a
warehouse that has them adds nothing, and one into an empty warehouse rebuilds it.
"""
