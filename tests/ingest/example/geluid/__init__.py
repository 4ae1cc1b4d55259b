"""Sound meters: the connector of docs/add-a-source.md."""
