"""What the system says of a process: its memory and its open descriptors."""

from __future__ import annotations

from pathlib import Path

_KILOBYTE = 1_024


def resident_bytes(pid: int | str = "self") -> int:
    """Return the resident memory of a process. [bytes]"""
    return _status(pid, "VmRSS")


def peak_bytes(pid: int | str = "self") -> int:
    """Return the highest resident memory that a process has had. [bytes]"""
    return _status(pid, "VmHWM")


def open_descriptors(pid: int | str = "self") -> int:
    """Count the open descriptors of a process."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, and theirs."""
    found = [
        int(word)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for word in (task / "children").read_text().split()
    ]
    return [one for child in found for one in (child, *children(child))]


def _status(pid: int | str, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * _KILOBYTE
    message = f"the system does not tell {name}"
    raise OSError(message)
