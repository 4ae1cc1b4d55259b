"""Runs a foreign program that must not outlive the supervisor.

Linux can send a signal to a process when its parent ends, and keeps that wish across ``exec``
(prctl(2), PR_SET_PDEATHSIG). Elsewhere the next start ends what it finds in ``run.json``.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> None:
    """Replace this process by the program in ``argv``, after the process id of the supervisor."""
    supervisor, *program = argv
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(supervisor):  # it ended before we could ask
            sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - a program of ours with arguments of ours, no shell


if __name__ == "__main__":
    main(sys.argv[1:])
