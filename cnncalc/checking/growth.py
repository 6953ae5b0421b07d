"""What changed since a baseline was saved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cnncalc.checking.baseline import Entry, file_key
from cnncalc.checking.check import Checked
from cnncalc.checking.costs import amounts
from cnncalc.zoo.catalogue import ENDINGS


def networks(checked: Iterable[Checked]) -> dict[str, Entry]:
    """Return what a baseline holds of the files that were checked."""
    return {
        file_key(each.file): Entry(name=each.name, amounts=amounts(each.totals, each.memory))
        for each in checked
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A network next to the baseline: ``before`` is ``None`` if it is new, ``now`` if gone."""

    file: str
    before: Entry | None
    now: Entry | None

    @property
    def is_one(self) -> bool:
        """Whether anything differs."""
        return self.before is None or self.now is None or self.before.amounts != self.now.amounts


def changes(before: Mapping[str, Entry], now: Mapping[str, Entry]) -> tuple[Change, ...]:
    """Return every network that is looked at now, and those whose files are gone, by their files.

    A file that is there and was not looked at is none of them.
    """
    gone = [file for file in before.keys() - now.keys() if _is_gone(file)]
    return tuple(
        Change(file=file, before=before.get(file), now=now.get(file))
        for file in sorted([*now, *gone])
    )


def _is_gone(file: str) -> bool:
    """Return whether a file that was there is not; names of the zoo and standard input are none."""
    return file.lower().endswith(ENDINGS) and not os.path.exists(file)  # noqa: PTH110
