"""Numbers with suffixes: what they are worth, and how exact they are meant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cnncalc.maths.numbers import parse_bytes, parse_count


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("61706", 61_706, 1),
        ("61,706", 61_706, 1),
        ("61_706", 61_706, 1),
        (" 60M ", 60_000_000, 1_000_000),
        ("60 m", 60_000_000, 1_000_000),
        ("4.09G", 4_090_000_000, 10_000_000),
        ("0.1b", 100_000_000, 100_000_000),
        ("2T", 2 * 10**12, 10**12),
        ("1.5k", 1_500, 100),
        ("1.25", Fraction(5, 4), Fraction(1, 100)),
    ],
)
def test_count(text: str, value: Fraction, step: Fraction) -> None:
    found = parse_count(text)
    assert (found.value, found.step) == (value, step)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1024", 1024),
        ("500MiB", 500 * 2**20),
        ("500 mi", 500 * 2**20),
        ("2G", 2 * 10**9),
        ("2GB", 2 * 10**9),
        ("1.5GiB", 3 * 2**29),
        ("7b", 7),
    ],
)
def test_bytes(text: str, value: int) -> None:
    assert parse_bytes(text) == value


@pytest.mark.parametrize("text", ["", "M", "-5", "5X", "1,00", "1e3", "٣", "5 5", "1.M", "5MiB"])
def test_no_count(text: str) -> None:
    with pytest.raises(ValueError):
        parse_count(text)


@pytest.mark.parametrize("text", ["", "many", "-1G", "5X", "1GBB", "9" * 5000])
def test_no_bytes(text: str) -> None:
    with pytest.raises(ValueError):
        parse_bytes(text)
