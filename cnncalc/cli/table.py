"""The table of commands: their parameters and the functions that run them, as plain data.

Both readers of command lines, the fast one (:mod:`cnncalc.cli.arguments`) and Typer
(:mod:`cnncalc.cli.app`), read this table, so they cannot differ in what they accept.
"""

from __future__ import annotations

from typing import NamedTuple


class Param(NamedTuple):
    """One parameter: an option when it has ``flags``, otherwise a positional argument.

    ``switch`` takes no value; ``many`` may be given several times. All values are text; what
    they mean is told by the command's function.
    """

    name: str
    flags: tuple[str, ...]
    help: str
    metavar: str = ""
    default: str | None = None
    required: bool = False
    switch: bool = False
    many: bool = False


class Command(NamedTuple):
    """One command: ``place`` is the ``module:function`` that runs it.

    A name of two words is a command of a group.
    """

    name: str
    place: str
    help: str
    params: tuple[Param, ...]
    kind: str = ""
    """The canonical kind of a one-layer command."""


def _option(name: str, help: str, metavar: str, default: str | None = None, **more: bool) -> Param:
    return Param(name, (f"--{name.replace('_', '-')}",), help, metavar, default, **more)


def _switch(name: str, help: str) -> Param:
    return Param(name, (f"--{name.replace('_', '-')}",), help, switch=True)


_SPEC = Param(
    "spec", (), "A file, - for standard input, or a network's name.", "SPEC", required=True
)
_OVERRIDES = (
    _option("input", "Another input: 256x256x3, or NAME=256x256x3.", "SHAPE", many=True),
    _option("set", "Another value of one of vars: classes=10.", "NAME=VALUE", many=True),
    _option("rounding", "Another rounding.", "strict|floor|ceil"),
)
_FORMAT = _option("format", "What is printed.", "table|json|csv|markdown", "table")
_COLUMNS = _option("columns", "Which columns, separated by commas.", "NAMES")
_LAYOUT = _option("layout", "The order of a volume's axes.", "whd|chw|hwc", "whd")
_DTYPE = _option("dtype", "The type of the numbers, for bytes.", "TYPE", "float32")
_LOOK = (
    _option("color", "Whether to colour; NO_COLOR and FORCE_COLOR count too.",
            "auto|always|never", "auto"),
    _switch("quiet", "Print results, and one line for each problem."),
    _switch("ascii", "Print ASCII only."),
)  # fmt: skip

_ZOO_NAME = Param("name", (), "A network's name; - and _ are alike.", "NAME", required=True)
_ZOO = (
    Command(
        "zoo list",
        "zoo:list_networks",
        "List the networks, with their totals.",
        (
            Param(
                "pattern", (), "Only with this in name, paper or task, or like resnet*.", "PATTERN"
            ),
            _option("max_params", "At most so many parameters: 5M.", "N"),
            _option("min_params", "At least so many parameters.", "N"),
            _option("max_macs", "At most so many multiply-accumulates: 1.5G.", "N"),
            _option("min_macs", "At least so many multiply-accumulates.", "N"),
            _option("task", "Only networks for this task.", "TASK"),
            _option("year", "Only of this year, or of years such as 2014-2016.", "YEAR"),
            _option("sort", "What they are sorted by.", "name|year|params|macs", "name"),
            _FORMAT,
            *_LOOK,
        ),
    ),
    Command("zoo show", "zoo:show", "Print the spec of a network.", (_ZOO_NAME, *_LOOK)),
    Command(
        "zoo copy",
        "zoo:copy",
        "Start a spec of your own from a network's.",
        (
            _ZOO_NAME,
            Param("file", (), "The file to write, by default NAME.yaml.", "FILE"),
            _switch("force", "Write over a file that exists."),
            *_LOOK,
        ),
    ),
)
GROUPS = {"zoo": "List, print and copy the networks that ship with it."}
"""The first word of commands with two → its help."""

_COMMANDS = (
    Command(
        "summary",
        "summary:summary",
        "Show volume, parameters and MACs of every layer.",
        (
            _SPEC,
            *_OVERRIDES,
            _FORMAT,
            _option("depth", "How many levels of blocks are unfolded.", "N|all", "1"),
            _COLUMNS,
            _LAYOUT,
            _DTYPE,
            *_LOOK,
        ),
    ),
    Command(
        "check",
        "check:check",
        "Check specs, and all specs in folders.",
        (
            Param("paths", (), "Files, folders, or - for standard input.", "PATH",
                  required=True, many=True),
            _option("format", "What is printed.", "text|json", "text"),
            *_LOOK,
        ),
    ),
    Command(
        "verify",
        "verify:verify",
        "Run networks on real arrays and compare.",
        (
            Param("specs", (), "Files, - for standard input, or networks' names.", "SPEC",
                  required=True, many=True),
            *_OVERRIDES,
            _option("format", "What is printed.", "table|json", "table"),
            _option("depth", "How many levels of blocks are unfolded.", "N|all", "all"),
            _option("batch", "How many inputs at once; default 1.", "N"),
            _option("seed", "The seed of generated inputs and weights.", "N", "0"),
            _option("threads", "How many threads; default: all cores.", "N"),
            _option("dtype", "The type of the numbers.", "float32|float64", "float32"),
            _option("input_file", "A .npy file as input, batch first: x.npy or NAME=x.npy.",
                    "FILE", many=True),
            _option("layout", "The axes of input files: depth first, or last.", "chw|hwc", "chw"),
            _option("weights", "A .npz file with weights, by names such as conv1.kernel.", "FILE"),
            _option("save", "Write outputs and shown layers to a .npz file.", "FILE"),
            _option("show", "Print the numbers of a layer, map by map.", "LAYER", many=True),
            _option("max_memory", "Refuse to run above this; default: what is free.", "SIZE"),
            *_LOOK,
        ),
    ),
    Command(
        "explain",
        "summary:explain",
        "Show each number with its arithmetic, as on paper.",
        (
            _SPEC,
            Param("layer", (), "Explain this layer only.", "LAYER"),
            *_OVERRIDES,
            *_LOOK,
        ),
    ),
    Command("schema", "reference:schema", "Print the JSON Schema of specs, for editors.", ()),
    Command(
        "rule",
        "reference:rule",
        "Tell what a problem code means, or list all codes.",
        (Param("code", (), "A code such as CNN301, or its name.", "CODE"), *_LOOK[2:]),
    ),
    *_ZOO,
)  # fmt: skip

_SIZES = "3, 1,7 (height,width) or height=1,width=7."
_FIELDS = {
    "filters": Param("filters", ("--filters", "-K"), "How many filters.", "N"),
    "units": Param("units", ("--units", "-K"), "How many neurons.", "N"),
    "pieces": _option("pieces", "Linear pieces of each unit.", "N"),
    "kernel": Param("kernel", ("--kernel", "-F"), f"Size of the window: {_SIZES}", "SIZES"),
    "stride": Param("stride", ("--stride", "-S"), "Step between windows.", "SIZES"),
    "padding": Param("padding", ("--padding", "-P"),
                     "Zeros around the input: 1, left=1,right=2 or same.", "SIZES"),
    "output_padding": _option("output_padding", "Pixels added at the end of the output.", "SIZES"),
    "dilation": _option("dilation", "Step between the taps of the kernel.", "SIZES"),
    "groups": _option("groups", "Parts of the depth that do not see each other.", "N"),
    "multiplier": _option("multiplier", "Filters for each map of the input.", "N"),
    "p": Param("p", ("--power",), "The power of the norm.", "N"),
    "rounding": _option("rounding", "What happens where windows do not fit.", "strict|floor|ceil"),
    "bias": _switch("no_bias", "Leave the bias out."),
    "count_padding": _switch("count_padding", "With --avg: padding counts in the mean."),
    "trainable": _switch("trainable", "With --avg: a coefficient and a bias for each map."),
}  # fmt: skip
"""Field of a layer → the option that states it; ``bias`` has one that takes it away."""

_WINDOW = ("kernel", "stride", "padding", "dilation")
_LAYERS = (
    ("conv", "A convolution", ("filters", *_WINDOW, "groups", "rounding", "bias")),
    ("depthwise_conv", "A depthwise convolution", (*_WINDOW, "multiplier", "rounding", "bias")),
    ("separable_conv", "Depthwise, then pointwise convolution",
     ("filters", *_WINDOW, "multiplier", "rounding", "bias")),
    ("locally_connected", "A convolution without shared weights",
     ("filters", *_WINDOW, "rounding", "bias")),
    ("conv_transpose", "A transposed convolution",
     ("filters", *_WINDOW, "output_padding", "groups", "bias")),
    ("maxpool", "Max pooling (average: --avg)",
     (*_WINDOW, "rounding", "count_padding", "trainable")),
    ("lppool", "p-norm pooling", (*_WINDOW, "rounding", "p")),
    ("fc", "A fully connected layer", ("units", "bias")),
    ("maxout", "A maxout layer", ("units", "pieces")),
    ("rbf", "A layer of radial basis functions", ("units",)),
)  # fmt: skip
"""Kinds with a command of their own: windows and dense layers, where there is much to compute."""
_REQUIRED = ("filters", "units", "kernel")
_NAMES = {"maxpool": "pool"}


def _layer_command(kind: str, help: str, fields: tuple[str, ...]) -> Command:
    options = (_FIELDS[field]._replace(required=field in _REQUIRED) for field in fields)
    average = (_switch("avg", "The mean of each window instead of the largest value."),)
    return Command(
        _NAMES.get(kind, kind).replace("_", "-"),
        "layer:layer",
        f"{help}, without a file.",
        (
            Param("input", (), "The volume that reaches the layer: 32x32x3, or "
                  "length=16000,depth=1.", "INPUT", required=True),
            *options,
            *(average if kind == "maxpool" else ()),
            _FORMAT,
            _COLUMNS,
            _LAYOUT,
            _DTYPE,
            *_LOOK,
        ),
        kind,
    )  # fmt: skip


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (*_COMMANDS, *(_layer_command(*layer) for layer in _LAYERS))
}
"""Every command by its name, in the order of the help."""


def find_command(arguments: list[str]) -> tuple[Command | None, list[str]]:
    """Return the command that the first words name, and the words behind its name."""
    for count in (1, 2):
        command = COMMANDS.get(" ".join(arguments[:count]))
        if command is not None and command.name.split() == arguments[:count]:
            return command, arguments[count:]
    return None, arguments
