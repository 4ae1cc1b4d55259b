"""The audit: the count that must always come out, the loss test, and cells against events."""

from warehouse.audit.auditing import audit
from warehouse.audit.ledger import Account, Day, Fence, Ledger, Missing, Reading
from warehouse.audit.ranges import Range, size, without
from warehouse.audit.record import record
from warehouse.audit.report import DayLine, Loss, Report, SourceReport, Verdict
from warehouse.audit.settling import LevelVerdict, Patience

__all__ = [
    "Account",
    "Day",
    "DayLine",
    "Fence",
    "Ledger",
    "LevelVerdict",
    "Loss",
    "Missing",
    "Patience",
    "Range",
    "Reading",
    "Report",
    "SourceReport",
    "Verdict",
    "audit",
    "record",
    "size",
    "without",
]
