"""The pytest plugin: with ``--cnncalc``, or ``cnncalc = true`` among its settings.

Every pytest run loads this module where cnncalc is installed, so it imports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest import Config, Parser

_ABOUT = "check every spec of a network as `cnncalc check` does"


def pytest_addoption(parser: Parser) -> None:
    """Add the option, and the setting of the same name."""
    parser.getgroup("cnncalc").addoption("--cnncalc", action="store_true", help=_ABOUT)
    parser.addini("cnncalc", _ABOUT, type="bool", default=False)


def pytest_configure(config: Config) -> None:
    """Load what collects specs, where that is wanted."""
    if config.getoption("--cnncalc") or config.getini("cnncalc"):
        from cnncalc.pytest_specs import Specs

        config.pluginmanager.register(Specs(), "cnncalc-specs")
