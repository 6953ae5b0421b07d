"""Memory of a pass, measured; and what the machine has."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


class Meter:
    """Measures the process's peak above what it held when the meter was made."""

    def __init__(self) -> None:
        with suppress(OSError):  # Linux: the highest so far is what it holds now
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._before, self._peak_before = _held("VmRSS"), _peak()

    def peak(self) -> int | None:
        """Return bytes, or ``None`` where the system does not say."""
        now = _peak()
        if self._before is None or now is None or self._peak_before is None:
            return None
        if now == self._peak_before > self._before * 1.02:
            return None  # an older peak hides this one
        return max(0, now - self._before)


def _stated(path: str, key: str) -> int | None:
    """Return a size in bytes that Linux states in a file of lines such as ``VmRSS: 5 kB``."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path(path).read_text(encoding="ascii").splitlines():
            if line.startswith(f"{key}:"):
                return int(line.split()[1]) * 1024
    return None


def _held(key: str) -> int | None:
    """Return a size of this process."""
    return _stated("/proc/self/status", key)


def _peak() -> int | None:
    found = _held("VmHWM")
    if found is not None:
        return found
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # Linux without VmHWM


def available() -> int | None:
    """Return the bytes that a pass may take on this machine, ``None`` where that is not known."""
    import os

    known = [_stated("/proc/meminfo", "MemAvailable"), _group()]
    if known[0] is None:
        with suppress(ValueError, OSError, AttributeError):
            known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return min((size for size in known if size is not None), default=None)


def _group() -> int | None:
    """Return what a container's limit leaves."""
    folder = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError):
        limit = (folder / "memory.max").read_text(encoding="ascii").strip()
        used = (folder / "memory.current").read_text(encoding="ascii")
        return max(0, int(limit) - int(used))
    return None
