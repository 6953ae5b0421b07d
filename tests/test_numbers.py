"""Numbers with suffixes: what they are worth, and how exact they are meant."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cnncalc.maths.numbers import parse_bytes, parse_count
from cnncalc.maths.words import in_bytes, number, short


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
        ("3k", 3 * 10**3),
        ("3MB", 3 * 10**6),
        ("3T", 3 * 10**12),
        ("3KiB", 3 * 2**10),
        ("3TiB", 3 * 2**40),
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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00k"),
        (9994, "9.99k"),
        (9999, "10.0k"),
        (99_990, "100k"),
        (999_499, "999k"),
        (999_950, "1.00M"),
        (60_965_224, "61.0M"),
        (999_999_999, "1.00G"),
        (5 * 10**17, "500,000T"),
    ],
)
def test_short(value: int, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (2**20 - 1, "1.0 MiB"),
        (2**30 - 1, "1.0 GiB"),
        (2**50, "1,024.0 TiB"),
        (243_896_320, "232.6 MiB"),
    ],
)
def test_in_bytes(value: int, text: str) -> None:
    assert in_bytes(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 3), "1/3"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction("1e-300"), "1e-300"),
        (Fraction("1e-500"), "1e-500"),
        (Fraction(10**30, 3 * 10**30 + 1), "0.333333333333333"),
    ],
)
def test_number(value: Fraction, text: str) -> None:
    assert number(value) == text
