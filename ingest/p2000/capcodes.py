"""Addresses of pagers (capcodes): who a page was sent to.

A page to a group begins with the address of a group that is made for this page, 2029568 to 2029583; its
receivers follow. Capcodes of the emergency services are nine digits, ``00 RR D nnnn``: a region, with a
numbering of its own, and the service. No address leaves the connector.
"""

from __future__ import annotations

from collections.abc import Iterable

from ingest.p2000.head import Service

_GROUPS = range(2029568, 2029584)
_SERVICES = {"0": Service.FIRE, "2": Service.AMBULANCE}
_DIGITS = 9
_SERVICE_DIGIT = 4


def service_of(codes: Iterable[str]) -> Service | None:
    """Return the service that all receivers of a page belong to; None where that is not known.

    Args:
        codes: addresses of the page as digits, the group's own among them.
    """
    receivers = [int(code) for code in codes if int(code) not in _GROUPS]
    services = {_SERVICES.get(f"{code:0{_DIGITS}}"[_SERVICE_DIGIT]) for code in receivers}
    return services.pop() if len(services) == 1 else None
