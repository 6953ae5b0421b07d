"""The Typer application: which commands there are, each loaded when it is used."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from dataclasses import dataclass
from importlib import import_module
from inspect import getdoc
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from cnncalc.cli.output import Stream
from cnncalc.version import __version__

_ABOUT = "Show what a convolutional network's architecture really is, before anyone trains it."
_EXITS = (
    "Exit codes: 0 fine, 1 problems in a spec, 2 wrong usage or an unreadable file, "
    "70 a mistake in cnncalc, 130 interrupted"
)
_ASCII = "cnncalc.ascii"
"""Where a command's context says whether ``--ascii`` is among its arguments."""

_LAYERS = "One layer"
_PANELS = {
    "Networks": {
        "summary": "Show volume, parameters and MACs of every layer.",
        "check": "Check specs, and all specs in folders.",
        "verify": "Run networks on real arrays and compare.",
        "explain": "Show each number with its arithmetic, as on paper.",
        "compare": "Put networks next to each other, with the ratios of what they cost.",
    },
    "Homework": {
        "grade": "Mark sheets of answers by a key.",
        "quiz": "Make a quiz of random layers, with its key.",
        "solve network": "Find the sizes of the input that fit a network.",
        "solve conv": "Find the missing numbers of a convolution.",
        "solve depthwise-conv": "Find the missing numbers of a depthwise convolution.",
        "solve conv-transpose": "Find the missing numbers of a transposed convolution.",
        "solve pool": "Find the missing numbers of a pooling.",
        "solve fc": "Find the missing numbers of a fully connected layer.",
    },
    _LAYERS: {
        "conv": "A convolution.",
        "depthwise-conv": "A depthwise convolution.",
        "separable-conv": "Depthwise, then pointwise convolution.",
        "locally-connected": "A convolution without shared weights.",
        "conv-transpose": "A transposed convolution.",
        "pool": "Max pooling (average: --avg).",
        "lppool": "p-norm pooling.",
        "fc": "A fully connected layer.",
        "maxout": "A maxout layer.",
        "rbf": "A layer of radial basis functions.",
    },
    "Zoo": {
        "zoo list": "List the networks, with their totals.",
        "zoo show": "Print the spec of a network.",
        "zoo copy": "Start a spec of your own from a network's.",
    },
    "Reference": {
        "kinds": "List the kinds of layers, or the fields of one.",
        "schema": "Print the JSON Schema of specs, for editors.",
        "rule": "Show what a problem code means, or list all codes.",
    },
}
"""What each command does, by its panel of the help; of two words, the first is a group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A command as the list of commands has it.

    ``module`` of this package holds its function, which is called like the command.
    """

    panel: str
    module: str
    about: str


_SOLVED = ("solve conv", "solve depthwise-conv", "solve conv-transpose", "solve pool", "solve fc")


def _module(panel: str, name: str) -> str:
    """Return the module that holds a command: its own, but for those of one layer."""
    if name in _SOLVED:
        return "solve_layer"
    return "layers" if panel == _LAYERS else name.replace(" ", "_")


COMMANDS = {
    name: Entry(
        panel=panel,
        module=_module(panel, name),
        about=about,
    )
    for panel, commands in _PANELS.items()
    for name, about in commands.items()
}
"""Every command, in the order of the help."""

GROUPS = {
    "solve": "Find the missing numbers of a layer, or the sizes that fit a network.",
    "zoo": "List, print and copy the networks that ship with the tool.",
}


class _Help:
    """What the help of commands and groups has in common."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, ``--help`` among them; switches without ``<bool>``."""
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if isinstance(param, TyperOption) and param.is_flag:
                param.metavar = ""
        return params

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help as results are printed: failing to write it is an error."""
        narrowed = _ascii if ctx.meta.get(_ASCII) else nullcontext
        with Stream("stdout").writing() as file, narrowed(file), suppress(SystemExit):
            # SystemExit: what rich raises when nobody reads on
            super().format_help(ctx, formatter)  # type: ignore[misc]


@contextmanager
def _ascii(file: Any) -> Iterator[None]:
    """Print ASCII: rich draws only what the encoding of standard output can hold."""
    narrow = io.TextIOWrapper(file.buffer, encoding="ascii", errors="replace", write_through=True)
    file.flush()
    with redirect_stdout(narrow):
        yield
    narrow.detach()


class Command(_Help, TyperCommand):
    """A command whose module is loaded."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; note ``--ascii`` first, as help is printed before all are read."""
        ctx.meta[_ASCII] = "--ascii" in args
        return super().parse_args(ctx, args)


class LazyCommand(TyperCommand):
    """A command that is loaded when it is used; before that, only its line of the help exists."""

    def __init__(self, name: str, entry: Entry) -> None:
        word = name.split()[-1]
        super().__init__(word, short_help=entry.about, rich_help_panel=entry.panel)
        self.function = name.replace(" ", "_").replace("-", "_")
        self.entry = entry

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Load the command and let it read its arguments."""
        return self.load().make_context(info_name, args, parent, **extra)

    def load(self) -> Any:
        """Import the command's module and return the command that Typer makes of its function."""
        module = import_module(f"cnncalc.cli.{self.entry.module}")
        function = getattr(module, self.function)
        about = re.sub(r"(?<!\n)\n(?!\n)", " ", getdoc(function) or "")  # a line a paragraph
        app = typer.Typer(add_completion=False)
        app.command(self.name, cls=Command, help=about, epilog=_EXITS)(function)
        return typer.main.get_command(app)


class Group(_Help, TyperGroup):
    """Commands by their names, with suggestions for names that are not there."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what comes before a command's name; print help where nothing comes at all."""
        from cnncalc.cli.failures import WRONG_USAGE

        if args or ctx.resilient_parsing:
            return super().parse_args(ctx, args)
        with redirect_stdout(sys.stderr):
            ctx.get_help()
        raise typer.Exit(WRONG_USAGE)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the arguments name."""
        from cnncalc.cli.failures import UsageError
        from cnncalc.layers.registry import canonical
        from cnncalc.problems.suggestions import did_you_mean

        if args[0] in self.commands or args[0].startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        see = f"see `{ctx.command_path} --help`"
        text = f"there is no command `{args[0]}`"
        kind = (canonical(args[0].replace("-", "_"))[0] or args[0]).replace("_", "-")
        raise UsageError(text, *did_you_mean(kind, self.commands), see)


def make_app() -> TyperGroup:
    """Return the application; no command's module is loaded."""
    settings = {"help_option_names": ["-h", "--help"]}
    app = typer.Typer(cls=Group, help=_ABOUT, context_settings=settings)
    app.callback()(_main)
    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    groups: dict[str, TyperGroup] = {"": root}
    for name, entry in COMMANDS.items():
        group = name.rpartition(" ")[0]
        if group not in groups:
            groups[group] = Group(name=group, help=GROUPS[group], rich_help_panel=entry.panel)
            root.add_command(groups[group])
        groups[group].add_command(LazyCommand(name, entry))
    return root


def _print_version(wanted: bool) -> None:
    if wanted:
        Stream("stdout").write(f"cnncalc {__version__}\n")
        raise typer.Exit


def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Read the options that come before a command."""
