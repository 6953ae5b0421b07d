"""Whether a size divides another: the errors of groups and shuffles, with what would."""

from cnncalc.maths.volume import Volume
from cnncalc.maths.words import either
from cnncalc.problems.model import Fix, RuleError

_REACH = 4096
"""The largest divisor that is proposed."""
_MOST = 3
"""How many divisors are proposed apart from 1."""


def common_divisors(near: int, *sizes: int) -> list[int]:
    """Return the divisors of all sizes nearest to ``near``, smallest first; 1 is always one."""
    limit = min(_REACH, *sizes)
    found = [n for n in range(2, limit + 1) if all(size % n == 0 for size in sizes)]
    return [1, *sorted(sorted(found, key=lambda n: (abs(n - near), n))[:_MOST])]


def check_groups(groups: int, volume: Volume, filters: int) -> None:
    """Raise ``RuleError`` CNN304 when the groups do not divide both depths of a convolution."""
    sizes = ((volume.depth, "input maps"), (filters, "filters"))
    wrong = [f"{size:,} {noun}" for size, noun in sizes if size % groups]
    if wrong:
        message = f"{groups:,} groups do not divide {' and '.join(wrong)}"
        raise _error("CNN304", message, groups, (volume.depth, filters))


def check_maps(groups: int, volume: Volume) -> None:
    """Raise ``RuleError`` CNN312 when the groups do not divide the maps of a volume."""
    if volume.depth % groups:
        message = f"{groups:,} groups do not divide {volume.depth:,} maps ({volume})"
        raise _error("CNN312", message, groups, (volume.depth,))


def _error(code: str, message: str, groups: int, sizes: tuple[int, ...]) -> RuleError:
    fitting = common_divisors(groups, *sizes)
    verb = "divides both" if len(sizes) == 2 else "does"
    return RuleError(
        code,
        message,
        field="groups",
        help=(f"groups: {either(fitting)} {verb}",),
        fixes=tuple(Fix(field="groups", value=n) for n in fitting),
    )
