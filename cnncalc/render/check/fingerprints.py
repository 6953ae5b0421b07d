"""What a problem is recognised by from one run to the next, wherever its line has moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from cnncalc.render.check.results import Results


def fingerprints(results: Results) -> Iterator[str]:
    """Yield a text for each problem, in their order: no two are the same.

    It is made of the code, the file, the words of the line, and which of several with the same
    ones it is. So lines above may come and go, and messages and layer numbers may change.
    """
    seen: Counter[tuple[str, ...]] = Counter()
    for problem in results.problems:
        source = problem.span.source
        words = source.line(problem.span.line).split()
        same = (problem.code, results.path(source.name), *words)
        seen[same] += 1
        text = "\0".join((*same, str(seen[same])))
        yield sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
