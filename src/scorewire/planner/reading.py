"""What was measured, out of the reports that `scorewire bench ... --json` leaves in a folder.

Without a folder it is what was measured on the machine of the project's own results, which come along in
reference.json; `make docs` writes that file from benchmarks/results.
"""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from scorewire.bench.report import Report
from scorewire.errors import ConfigError
from scorewire.planner.inputs import Measured

REFERENCE: Final = "reference.json"


class Source(Struct, frozen=True, kw_only=True):
    """Where a field is found: a report's file, a figure of it, and another that is taken off it."""

    report: str
    figure: str
    less: str = ""


SOURCES: Final[dict[str, Source]] = {
    "delivery_us": Source(report="fanout-sse-19000", figure="server CPU a delivery"),
    "delivery_websocket_us": Source(report="fanout-websocket-10000", figure="server CPU a delivery"),
    "kernel_us": Source(report="fanout-sse-19000", figure="yardstick CPU a delivery"),
    "join_us": Source(report="storm", figure="joining: server CPU a fan"),
    "join_websocket_us": Source(report="fanout-websocket-10000", figure="server CPU a join"),
    "return_us": Source(report="storm", figure="returning: server CPU a fan"),
    "state_bytes": Source(report="storm", figure="returning: bytes a fan"),
    "fan_kb": Source(report="memory", figure="sse: user memory a fan, one game"),
    "fan_websocket_kb": Source(report="memory", figure="websocket: user memory a fan, one game"),
    "fan_kernel_kb": Source(report="memory", figure="sse: kernel memory an end, one game"),
    "path_ms": Source(report="site", figure="call sent to fan, p50"),
    "path_p99_ms": Source(report="site", figure="call sent to fan, p99"),
    "region_ms": Source(
        report="tiers",
        figure="region 2: call sent to last fan, p50",
        less="home region: call sent to last fan, p50",
    ),
    "edge_ms": Source(
        report="tiers",
        figure="edge: call sent to last fan, p50",
        less="home region: call sent to last fan, p50",
    ),
    "owner_events_s": Source(report="site", figure="1 process of owners: events decided a second"),
    "game_kb": Source(report="games", figure="user memory a live game, at the end"),
    "reads_s": Source(report="pull", figure="200: requests a CPU second"),
    "cdn_share": Source(report="spike", figure="answered by Varnish"),
}
"""Field -> where it is measured. `update_bytes` is a setting of the fan-out's run."""
_UPDATE: Final = "fanout-sse-19000"
_BYTES: Final = "--bytes "

_decode = msgspec.json.Decoder(Report).decode
_decode_measured = msgspec.json.Decoder(Measured).decode


def read_reports(folder: Path) -> dict[str, Report]:
    """Every report of a folder, by the name of its file.

    Raises:
        ConfigError: the folder or a report cannot be read.
    """
    found: dict[str, Report] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            found[path.stem] = _decode(path.read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise ConfigError("figures", f"{path.name} is no report of a benchmark: {error}") from error
    if not found:
        raise ConfigError("figures", f"{folder} holds no reports")
    return found


def read_measured(reports: Mapping[str, Report]) -> Measured:
    """What a plan needs of these reports.

    Raises:
        ConfigError: one is missing; names the command that makes it.
    """
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for name, source in SOURCES.items():
        report = _report(reports, source.report)
        value = figure(report, source.figure)
        values[name] = value - figure(report, source.less) if source.less else value
        sources[name] = f"`{report.command}`: {source.figure}" + (
            f", less {source.less}" if source.less else ""
        )
    report = _report(reports, _UPDATE)
    values["update_bytes"] = float(report.command.partition(_BYTES)[2].split()[0])
    sources["update_bytes"] = f"`{report.command}`: its setting"
    return msgspec.convert({**values, "sources": sources}, Measured)


def reference() -> Measured:
    """What was measured on the machine of the project's own results."""
    return _decode_measured(resources.files(__package__).joinpath(REFERENCE).read_bytes())


def figure(report: Report, name: str) -> float:
    """One number of a report.

    Raises:
        ConfigError: the report has none of that name.
    """
    for one in report.figures:
        if one.name == name:
            return one.value
    raise ConfigError("figures", f"the report of `{report.command}` has no figure {name!r}")


def _report(reports: Mapping[str, Report], name: str) -> Report:
    if name not in reports:
        raise ConfigError("figures", f"there is no {name}.json; `scorewire bench table` makes it")
    return reports[name]
