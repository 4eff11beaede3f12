"""What an evaluation says: measured values beside their baselines and the bars they are to reach; JSON and Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True)
class Bar:
    """What a value is to reach; `cpu` where less is asked of a model that was trained without a GPU."""

    sign: Literal[">=", "<="]
    limit: float
    cpu: float | None = None

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.sign == ">=" else value <= self.limit

    def holds_on_cpu(self, value: float) -> bool:
        return Bar(self.sign, self.limit if self.cpu is None else self.cpu).holds(value)


@dataclass(frozen=True)
class Finding:
    """One measure. `beside` says what the same measure gives on something known: shuffled pairs, real pictures."""

    question: str
    measure: str
    value: float
    beside: dict[str, float] = field(default_factory=dict)
    bar: Bar | None = None

    def as_json(self) -> dict[str, object]:
        told: dict[str, object] = {"question": self.question, "measure": self.measure, "value": _rounded(self.value)}
        told |= {"beside": {name: _rounded(value) for name, value in self.beside.items()}}
        if self.bar is not None:
            told |= {"bar": f"{self.bar.sign} {self.bar.limit:.4g}", "reached": self.bar.holds(self.value)}
            if self.bar.cpu is not None:
                told |= {"cpu_bar": f"{self.bar.sign} {self.bar.cpu:.4g}"}
                told |= {"cpu_reached": self.bar.holds_on_cpu(self.value)}
        return told


def share(answers: Iterable[bool]) -> float:
    """The share that is true; 0 of nothing."""
    values = list(answers)
    return sum(values) / max(1, len(values))


def steps_said(steps: int) -> str:
    return "1 step" if steps == 1 else f"{steps} steps"


def table(findings: Sequence[Finding]) -> str:
    """Markdown: a row a measure, its baselines beside it, the bar for a CPU-trained model in brackets."""
    rows = ["| | measure | value | beside it | bar [CPU] | reached |", "|---|---|---|---|---|---|"]
    for before, finding in zip([None, *findings], findings, strict=False):
        question = "" if before is not None and before.question == finding.question else finding.question
        beside = ", ".join(f"{name} {_figure(value)}" for name, value in finding.beside.items())
        value = f"**{_figure(finding.value)}**" if finding.bar else _figure(finding.value)
        rows.append(
            f"| {question} | {finding.measure} | {value} | {beside} | {_bar(finding.bar)} | {_reached(finding)} |"
        )
    return "\n".join(rows)


def _bar(bar: Bar | None) -> str:
    if bar is None:
        return ""
    words = f"{'≥' if bar.sign == '>=' else '≤'} {_figure(bar.limit)}"
    return words if bar.cpu is None else f"{words} [{_figure(bar.cpu)}]"


def _reached(finding: Finding) -> str:
    if finding.bar is None:
        return ""
    if finding.bar.holds(finding.value):
        return "yes"
    return "[CPU]" if finding.bar.holds_on_cpu(finding.value) else "no"


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def _figure(value: float) -> str:
    """Two decimals, one for what is larger than 10."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
