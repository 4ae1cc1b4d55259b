"""The whole path in one process, one step at a time, in an order that a seed decides.

Our own code of every room runs on a simulated log and clock; the outbox is a real SQLite file and the
warehouse the real ClickHouse engine. After each step anything may die. In the end the cells and counts
must equal an oracle that knows the script alone.
"""
