"""Logging of a part: one JSON object per line, without values from a source."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

OUR_ROOMS = ("domain", "ingest", "streams", "warehouse", "alerts", "dashboards", "wijkbeeld")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logging(part: str, file: Path | None) -> None:
    """Send this process's log to ``file`` (appended) or, without one, to standard error.

    Vendor libraries log the template of a message without its arguments, and an exception is written as
    its type and place without its text, because both can quote a source's record.
    """
    handler: logging.Handler
    handler = logging.FileHandler(file, encoding="utf-8") if file else logging.StreamHandler(sys.stderr)
    shared: list[Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _PartName(part),
        _exception_without_values,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_template_only, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for room in OUR_ROOMS:
        logging.getLogger(room).setLevel(logging.INFO)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log an exception that nobody caught, in place of a traceback with its text."""
    structlog.get_logger("wijkbeeld.logs").error("uncaught", exc_info=(kind, error, trace))


class _PartName:
    def __init__(self, part: str) -> None:
        self._part = part

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["part"] = self._part
        return event


def _template_only(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    if isinstance(record, logging.LogRecord):
        event["event"] = (
            str(record.msg)[:200] if isinstance(record.msg, str) else type(record.msg).__name__
        )
        if record.exc_info:
            event["exc_info"] = record.exc_info
    return event


def _exception_without_values(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0] is not None:
        event["error"] = info[0].__name__
        event["at"] = _place(info[2])
    return event


def _place(trace: TracebackType | None) -> str:
    if trace is None:
        return ""
    while trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
