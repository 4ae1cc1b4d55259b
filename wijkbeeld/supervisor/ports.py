"""Ports of this machine."""

from __future__ import annotations

import secrets
import socket

from domain.errors import ResourceTaken

LOOPBACK = "127.0.0.1"

_OURS = range(20_000, 32_000)
"""Below the ports that systems hand out by themselves (from 32768 on Linux, from 49152 elsewhere).

There, one that is free now may be taken by any connection before we use it.
"""
_TRIES = 100


def free_port() -> int:
    """Return a port of the loopback interface that is free now, and that nobody gets by chance.

    Raises:
        ResourceTaken: none could be found.
    """
    for port in secrets.SystemRandom().sample(_OURS, _TRIES):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise ResourceTaken(f"no free port between {_OURS.start} and {_OURS.stop}; end what listens there")


def require_port(port: int, option: str, host: str = LOOPBACK) -> None:
    """Check that a port can be taken.

    Raises:
        ResourceTaken: another program has it, or it cannot be had; the message names the option.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ResourceTaken(
                f"port {port} cannot be used ({error.strerror}); choose another with {option}"
            ) from error
