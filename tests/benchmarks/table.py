"""Results as tables for people."""

from __future__ import annotations

from benchmarks.figures import Part, Series, number
from rich.console import Console
from rich.table import Table


def show(part: Part, console: Console) -> None:
    """One table of what was measured, one of what was aimed at, and notes."""
    console.print(f"\n[bold]{part.name}[/]: {part.about}")
    if part.series:
        measured = Table("measured", "unit", "", box=None, pad_edge=False)
        _numeric(measured)
        units = list(dict.fromkeys(series.unit for series in part.series))
        for series in sorted(part.series, key=lambda one: units.index(one.unit)):
            measured.add_row(series.name, series.unit, series.note, *_figures(series))
        console.print(measured)
    if part.verdicts:
        aims = Table("compared", "", box=None, pad_edge=False)
        _numeric(aims)
        aims.add_column("aim")
        aims.add_column("met")
        for verdict in part.verdicts:
            figure, met = verdict.figure, {True: "yes", False: "[bold]no[/]", None: ""}
            aim = "" if verdict.aim is None else str(verdict.aim)
            unit = "" if figure.unit == "x" else figure.unit
            name = f"{figure.name}, {unit}" if unit else figure.name
            aims.add_row(name, figure.note, *_figures(figure), aim, met[verdict.is_met])
        console.print(aims)
    for note in part.notes:
        console.print(f"note: {note}", markup=False)


def _numeric(table: Table) -> None:
    table.add_column("median", justify="right")
    table.add_column("range", justify="right")


def _figures(series: Series) -> tuple[str, str]:
    low, high = series.range
    return number(series.median), f"{number(low)} - {number(high)}"
