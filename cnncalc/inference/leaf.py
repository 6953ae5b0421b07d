"""The leaves of the walk: a layer is validated, its rules applied, and its row emitted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.expressions import Unknown
from cnncalc.inference.apply import Applied, apply, check_inputs, fields_behind
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import Value
from cnncalc.layers.base import Family
from cnncalc.layers.registry import canonical, kinds_of, layer_class
from cnncalc.maths.volume import Volume, format_value
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Fields, Row

if TYPE_CHECKING:
    from cnncalc.inference.walk import At, Walk
    from cnncalc.layers.base import Layer, Weight


def broken(walk: Walk, at: At) -> Value | None:
    """Emit the row of an entry whose mistake is reported already."""
    _emit(walk, at, at.entry.kind, [at.value] if at.value else [], failed=True)
    return None


def stated_layer(walk: Walk, at: At) -> Value | None:
    """Walk an entry that is a layer."""
    errors = walk.collector.errors
    sources = walk.sources(at)
    kind = _activation_kind(at) if at.entry.word == "activation" else at.entry.kind
    return layer(walk, at, kind, sources, errors)


def _activation_kind(at: At) -> str | None:
    """Return the kind that ``activation: $act`` names."""
    node = at.entry.value
    if node is None:
        text, hint = "`activation` needs a kind", "such as activation: relu"
        at.report(Problem("CNN110", text, at.entry.key, help=(hint,)))
        return None
    try:
        word = evaluate(node, at.names, at.report)
    except Unknown:
        return None
    if word == "linear":  # Keras: none; elsewhere the word means a fully connected layer
        return "identity"
    kind = canonical(word)[0] if isinstance(word, str) else None
    if kind == "identity" or (kind and layer_class(kind).family is Family.ACTIVATION):
        return kind
    known = kinds_of(Family.ACTIVATION)
    hints = did_you_mean(str(word), known) or (f"kinds: {', '.join(known)}",)
    text = f"{format_value(word)} is not an activation"
    at.report(Problem("CNN201", text, node.span, help=hints))
    return None


def merge_kind(at: At) -> str | None:
    """Return the kind that joins an entry's branches; ``None`` when it is not known."""
    node = at.entry.merge
    if node is None:
        return None
    try:
        word = evaluate(node, at.names, at.report)
    except Unknown:
        return None
    kind = canonical(str(word))[0]
    if kind is not None and layer_class(kind).family is Family.MERGE:
        return kind
    text, hint = (
        f"{format_value(word)} does not join branches",
        "write merge: add, concat or multiply",
    )
    at.report(Problem("CNN108", text, node.span, help=(hint,)))
    return None


def layer(walk: Walk, at: At, kind: str | None, sources: list[Value] | None, errors: int) -> Value:
    """Validate the layer of an entry, apply its rules to ``sources``, and emit its row.

    ``errors`` counts those before the entry: with more of them, the layer itself is at fault.
    """
    made: Layer | None = None
    like: list[str] = []
    if kind is not None:
        resolve = {"like": _volume_of(at, like)}
        made = walk.builder.layer(kind, at.entry, at.names, at.report, resolve)
    value, found = Value(at.path, None), _Found()
    if made is not None and kind is not None and sources is not None:
        try:
            value, found = _applied(walk, at, kind, made, sources)
        except RuleError as error:
            fields = walk.builder.fields(kind, at.entry)
            at.report(located(error, fields.place(error.field, _place(at, error))))
            if sources and _promise_broken(at, sources[0].volume):
                made = None  # its sizes would be shown for axes that it was not written for
    failed = walk.collector.errors > errors
    _emit(walk, at, kind or at.entry.kind, sources or [], made, found, failed=failed, like=like)
    return value


def _place(at: At, error: RuleError) -> Span:
    """Return where a broken rule points when no field of it is stated."""
    if error.field == "from" and at.entry.sources is not None:
        return at.entry.sources.span
    return at.entry.place


class _Found(NamedTuple):
    """What is known of a layer once its rules are applied."""

    applied: Applied | None = None
    fields: Fields | None = None
    shared_from: str | None = None
    values: Mapping[str, Any] | None = None


def _applied(
    walk: Walk, at: At, kind: str, made: Layer, sources: list[Value]
) -> tuple[Value, _Found]:
    """Apply a layer's rules; nothing is known when something before it is unknown."""
    check_inputs(made, kind, len(sources), branches=at.entry.what == "branches")
    volumes = tuple(value.volume for value in sources if value.volume is not None)
    if len(volumes) < len(sources):
        return Value(at.path, None), _Found()
    _check_rank(at, volumes[0])
    applied = apply(made, volumes)
    fields, origin, aligned = fields_behind(made, sources, volumes, applied)
    for advice in applied.advice:
        place = walk.builder.fields(kind, at.entry).place(advice.field, at.entry.place)
        at.report(located(advice, place))
    if not aligned:
        at.report(_not_aligned(at))
    shared = _shared_from(walk, at, kind, applied.weights)
    stated = at.entry.common.get("weights")
    values = None
    if stated is not None:
        from cnncalc.inference.values import weight_values

        values = weight_values(stated, at.names, applied.weights, at.report)
    return Value(at.path, applied.output, fields, origin), _Found(applied, fields, shared, values)


def _emit(
    walk: Walk,
    at: At,
    kind: str,
    sources: list[Value],
    made: Layer | None = None,
    found: _Found = _Found(),  # noqa: B008 (immutable)
    *,
    failed: bool,
    like: Sequence[str] = (),
) -> None:
    applied = found.applied
    row = Row(
        at.path,
        kind,
        tuple([value.row for value in sources]),
        tuple([value.volume for value in sources]),
        applied.output if applied else None,
        made,
        at.entry.key,
        applied.weights if applied else (),
        applied.macs if applied else None,
        applied.output.size if applied else None,
        applied.connections if applied else None,
        found.fields,
        found.shared_from,
        found.values,
        at.frame.blocks,
        at.frame.branch,
        failed,
        like[-1] if like else None,
    )
    walk.rows.append(row)
    walk.by_name[row.name] = row


def _promise_broken(at: At, volume: Volume | None) -> bool:
    """Tell whether a volume has another rank than the kind's name promises (``conv1d``)."""
    promised = at.entry.promised_rank
    return promised is not None and volume is not None and volume.rank not in (0, promised)


def _check_rank(at: At, volume: Volume) -> None:
    if _promise_broken(at, volume):
        raise RuleError(
            "CNN306",
            f"`{at.entry.word}` is {at.entry.promised_rank}-D, "
            f"but a {volume.rank}-D volume arrives ({volume})",
            help=(f"write `{at.entry.kind}`: the rank comes from the volume",),
        )


def _not_aligned(at: At) -> Problem:
    return Problem(
        "CNN903",
        "the branches' receptive fields have different centres here",
        at.entry.place,
        help=("pad each branch so that its windows stay centred: (F − 1)/2 on each side",),
    )


def _volume_of(at: At, like: list[str]) -> Callable[[Any], Any]:
    """Return the function that turns the name in a field into that layer's volume.

    The layer's full name goes into ``like``.
    """

    def look_up(name: Any) -> Any:
        if name == "previous" and at.previous is not None:
            found: Value | None = at.previous
        else:
            found = at.level.find(name) if isinstance(name, str) else None
        if found is None:
            known = at.level.known()
            hint = did_you_mean(str(name), known) or (f"names so far: {at.level.recent()}",)
            text = f"`{format_value(name)}` is not the name of a layer here"
            raise RuleError("CNN202", text, help=hint)
        if found.volume is None:
            raise Unknown
        like.append(found.row)
        return found.volume

    return look_up


def _shared_from(walk: Walk, at: At, kind: str, weights: tuple[Weight, ...]) -> str | None:
    """Return the layer whose weights these are; report when the shapes differ."""
    node = at.entry.common.get("weights_from")
    if node is not None:
        value = walk.named(node.value, at.level, at.previous, node, at.report)
        if value is None:
            return None
        name, source = str(node.value), None if value.omitted else walk.by_name.get(value.row)
    elif at.level.sharing is not None and weights:
        name = at.level.sharing + at.path[len(at.level.path) :]
        source = walk.by_name.get(name)
    else:
        return None
    span = node.span if node is not None else at.entry.place
    if source is None:
        text = f"there is no layer `{name}` whose weights this one could use"
        at.report(Problem("CNN311", text, span, help=("name a layer that has a row before it",)))
        return None
    if source.output is None:
        return None
    mine = {w.name: w.shape for w in weights}
    theirs = {w.name: w.shape for w in source.weights}
    if mine == theirs and mine:
        return source.shared_from or source.name
    text = f"{kind} has no weights to share"
    if mine:
        text = f"its weights {_shapes(mine)} cannot be those of {source.name}, {_shapes(theirs)}"
    at.report(Problem("CNN311", text, span, help=("shared weights have equal shapes",)))
    return None


def _shapes(shapes: dict[str, tuple[int, ...]]) -> str:
    return ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items()) or "(none)"
