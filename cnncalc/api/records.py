"""What the Python API returns and raises: reports that know how to show themselves."""

from __future__ import annotations

from html import escape
from typing import Any

from cnncalc.problems.model import Problem
from cnncalc.render.document import Document
from cnncalc.report.report import Report as PlainReport
from cnncalc.report.verification import Verification as PlainVerification


class SpecError(ValueError):
    """A spec that has no network to infer; ``problems`` say where it is broken."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        first = problems[0]
        super().__init__(f"{first.code} at line {first.span.line}: {first.message}")
        self.problems = problems


class Report(PlainReport):
    """A network, inferred: ``rows``, ``totals``, ``inputs``, ``outputs``, ``problems``, ``ok``.

    ``str(report)`` is the table of ``cnncalc summary``, followed by the problems. Notebooks show
    the same.
    """

    def to_dict(self) -> dict[str, Any]:
        """Return the data of ``cnncalc summary --format json``, at four bytes per number."""
        from cnncalc.render.json import document, summary_data

        return _plain(document(summary_data(self, 4)))

    def __repr__(self) -> str:
        total = self.totals
        params = f"{total.params:,}" if total.complete else f"at least {total.params:,}"
        return (
            f"<Report {self.name!r}: {len(self.rows):,} layers, {params} parameters, ok={self.ok}>"
        )

    def __str__(self) -> str:
        from cnncalc.render.formats import FORMATS
        from cnncalc.render.summary import summary
        from cnncalc.render.terminal import Terminal

        return FORMATS["table"].write(summary(self), Terminal()) + _problems_text(self.problems)

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


class Verification(PlainVerification):
    """A network that was run: ``layers``, ``cases``, ``arrays``, ``problems``, ``ok``.

    ``arrays`` holds the outputs, and the layers that ``keep`` named, as (N, D, *spatial).
    ``str(verification)`` is the table of ``cnncalc verify``, followed by the problems. Notebooks
    show the same.
    """

    def to_dict(self) -> dict[str, Any]:
        """Return the data of ``cnncalc verify --format json`` for this one spec."""
        from cnncalc.render.json import document

        return _plain(document(self._document().data()))

    def __str__(self) -> str:
        from cnncalc.render.formats import FORMATS
        from cnncalc.render.terminal import Terminal

        text = FORMATS["table"].write(self._document(), Terminal())
        return text + _problems_text(self.problems)

    def _document(self) -> Document:
        from cnncalc.render.verification import Verified, verification

        run = Verified(
            file=self.report.source.name, report=self.report, result=self, problems=self.problems
        )
        return verification([run])

    def _repr_html_(self) -> str:
        return _preformatted(str(self))


def _plain(document: str) -> dict[str, Any]:
    """Return the data of a JSON document: what scripts get, down to the types."""
    import json

    data: dict[str, Any] = json.loads(document)
    return data


def _problems_text(problems: tuple[Problem, ...]) -> str:
    from cnncalc.render.problems import problems_text
    from cnncalc.render.terminal import Terminal

    return f"\n{problems_text(problems, Terminal())}" if problems else ""


def _preformatted(text: str) -> str:
    """Return text as HTML for notebooks, with its lines left as they are."""
    return f'<pre style="white-space: pre; overflow-x: auto">{escape(text)}</pre>'
