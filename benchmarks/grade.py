"""How long `grade` takes for a class: 1,000 sheets of 20 cells, and that time grows as they do.

Run ``python benchmarks/grade.py``; times are of the processor. A third of the answers is wrong, in
ways that do and do not have a rule: explanations are looked up, own numbers are followed.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator

from cnncalc.homework.course import mark_course
from cnncalc.homework.given import Sheet
from cnncalc.homework.key import Key, make_key
from cnncalc.homework.sheet import read_sheets
from cnncalc.homework.values import typed
from cnncalc.inference.infer import infer
from cnncalc.spec.load import parse_bytes

KEY = b"""
input: 64x64x3
layers:
  - conv: {filters: 16, kernel: 3, padding: 1}
  - conv: {filters: 16, kernel: 3, padding: 1}
  - maxpool: 2
  - conv: {filters: 32, kernel: 3, padding: 1}
  - conv: {filters: 32, kernel: 3, padding: 1}
  - maxpool: 2
  - conv: {filters: 64, kernel: 3, padding: 1}
  - conv: {filters: 64, kernel: 3, padding: 1}
  - maxpool: 2
  - fc: 256
  - fc: 10
  - batchnorm
"""
SIZES = (100, 1_000, 4_000)
MOST_SECONDS = 10
STEEPER = 1.5
"""How much longer a sheet may take among 4,000 than among 1,000."""


def sheets(key: Key, count: int) -> Iterator[Sheet]:
    """Yield sheets with answers of which a third is wrong."""
    draw = random.Random(0)
    right = [(cell.layer, cell.cell, typed(cell.cell, cell.right)) for cell in key.asked]
    for number in range(count):
        answers: dict[str, dict[str, str]] = {}
        for layer, cell, answer in right:
            if draw.random() < 1 / 3:
                answer = draw.choice([answer.replace("6", "3"), answer.replace("1", "2"), "9"])
            answers.setdefault(layer, {})[cell] = answer
        data = json.dumps({"student": f"s{number}", "answers": answers})
        yield from read_sheets(data.encode(), f"s{number}.json")


def main() -> int:
    """Print the times; return 1 where a limit is missed."""
    network = parse_bytes(KEY, "key.yaml", None).network
    assert network is not None
    key = make_key(network, infer(network))
    taken: dict[int, float] = {}
    print(f"{len(key.asked)} cells\n\n| sheets | seconds | ms per sheet |\n| ---: | ---: | ---: |")
    for count in SIZES:
        start = time.process_time()
        marked = mark_course(sheets(key, count), lambda sheet: key, None)
        taken[count] = time.process_time() - start
        assert len(marked) == count
        print(f"| {count:,} | {taken[count]:.2f} | {taken[count] / count * 1e3:.2f} |")
    fast = taken[1_000] < MOST_SECONDS
    straight = taken[4_000] / 4_000 < STEEPER * taken[1_000] / 1_000
    verdict = {True: "kept", False: "MISSED"}
    print(f"\n1,000 sheets below {MOST_SECONDS} s: {verdict[fast]}; line: {verdict[straight]}")
    return 0 if fast and straight else 1


if __name__ == "__main__":
    sys.exit(main())
