"""docs/standings.md, written from the rules: what is said there cannot differ from what is done.

`python -m scorewire.stats.standings.document > docs/standings.md` writes the page again; a test compares the
two.
"""

import sys
from collections.abc import Iterator
from inspect import getdoc
from typing import Final

from scorewire.stats.standings.competitions import COMPETITIONS, DEFAULTS
from scorewire.stats.standings.criteria_leagues import CRITERIA
from scorewire.stats.standings.outing import BONUSES
from scorewire.stats.standings.rules import LastResort, Points, Regroup, Rules, View

_INTRODUCTION: Final = """\
# Tables

Written by `python -m scorewire.stats.standings.document` from the rules in `src/scorewire/stats/standings/`.
Do not edit it.

A table is computed from the results that hold now, whenever one of them changes: nothing is added up, so a
correction, an award or a point deducted leaves no trace but the right table. Results that are still under way
or unconfirmed count as they stand, and the rows of their teams say `provisional`.

`GET /v1/leagues/{{id}}/standings` answers it; `standings=1` on a stream pushes it as it changes
([protocol.md](protocol.md#33-tables-of-leagues)).

## Which rules a league has

The rules that configuration names for it (`leagues.ID.rules`, docs/configuration.md); else those that name
its id (*leagues* below) and were in force in the season, which counts by the year in which it begins; else
the default of its sport.

## What is proved

| rules | compared with |
|---|---|
{proved}

The comparison is row for row and in order (`tests/contract/test_official_tables.py`), and each criterion that
decides a place there has been left out to see the table come out wrong. All other rules rest on cases made by
hand, named so in `tests/unit/stats/standings`; each criterion has one that fails without it.

## Rules of your own

Rules are data, in TOML as in JSON. `read_rules` (own_rules.py) reads them and says what is wrong with them,
and `rules_for` takes them for a league. A node's configuration names rules by their id only, for now: rules
of your own are added to `COMPETITIONS`, or given by a program that uses these modules.

```toml
id = "sunday"
name = "Sunday League"
sport = "soccer"
points = {{ win = 2, draw = 1 }}

[[views]]
order = ["difference", "head_to_head_points", "scored"]
regroup = "head_to_head"
last_resort = "lots"
zones = [{{ name = "Promotion", first = 1, last = 2 }}]
```

- `points`: `win`, `draw`, `loss`, `no_result`; `late` gives winner and loser of games decided in `overtime`,
  by `shootout` or in a `deciding_set` other points (`late = {{ overtime = [2, 1] }}`); `bonuses` are named
  below; `slam` is for a team that has beaten every other.
- `views` are ways to set the teams out: one table, or one for each `group`, `conference` or `division`
  (`by`). Each ranks by `primary` (default `points`; `win_pct` for leagues without points) and separates
  equals by `order`, one criterion after the other; `many` is the order for three or more, where it differs.
- `regroup` says what those do who are still equal after others have been separated. `never`: they go on to
  the next criterion. `head_to_head`: they start again with the criteria between the teams, among themselves.
  `always`: they start again with all. `one_by_one`: only the best is found, and everybody else starts again.
- `at_stake` are further criteria for equals on both sides of the edge of a zone; `play_off_for` names zones
  at whose edges equals in `primary` play again. `last_resort`: `share`, `lots` or `play_off`; rows that would
  need one say `undecided`.
- `meetings`: criteria between teams wait until each pair has met so often. `leaders`, `one_per`, `place`,
  `without`: seeds, wild cards and best thirds from a view before this one.
- `outside`: words in the names of rounds that do not count. `grouped`: only games of a group count. `overs`
  of an innings, for the net run rate. `games_behind`: whether rows say it.

Deductions are entries of their own: team, points, date and reason; a reduction on appeal has negative points,
so that the table as of an earlier date stays as it was.

## What a row says

`rank` (shared where nothing separates), `played` = `won` + `drawn` + `lost` + `no_result`, of them
`won_late`, `won_shootout`, `lost_late`, `lost_shootout`; `for`, `against`, `difference`; `points` after
`deducted`, or `pct`; `games_behind`; `form` (the newest five, newest last), `streak`, `last_ten`; `home`,
`away`, `in_division`, `in_conference`; `tries`, `bonus`, `rallies`, `net_run_rate` where the sport has them;
`zone`, `undecided`, `provisional`. What is nought or empty is left out.

## What is not known

- A table as of a day has the games that had ended by then with their results of now: one that was corrected
  or awarded since counts as it is now.
- A board has red cards, and not which of them were second yellows: fair play is exact where the caller has
  counted those from the game's rows (`result_of(state, second_yellows=...)`).
- Net touchdowns (NFL) are not in results; they come next to last before a coin.
- A shoot-out between two who met last and are equal (Euro) is not in results: they share the rank.
- A match of cricket that was cut short for good and still decided by Duckworth-Lewis-Stern counts the target,
  not the par score at the end, for the side that batted first.
"""

_REGROUP: Final[dict[Regroup, str]] = {
    "never": "",
    "head_to_head": "Those still equal start again between themselves.",
    "always": "As soon as some are separated, those still equal start again.",
    "one_by_one": "The best is found; all others start again without it.",
}
_RESORT: Final[dict[LastResort, str]] = {
    "share": "Then the place is shared.",
    "lots": "Then lots.",
    "play_off": "Then a play-off where a zone is at stake, else the place is shared.",
}


def page() -> str:
    """The whole of docs/standings.md."""
    proved = "\n".join(
        f"| {rules.name} | {rules.proved} |" for rules in COMPETITIONS.values() if rules.proved
    )
    parts = [_INTRODUCTION.format(proved=proved), "## Competitions"]
    for rules in COMPETITIONS.values():
        parts += _rules(rules)
    parts.append("## Defaults of the sports")
    for rules in DEFAULTS.values():
        parts += _rules(rules)
    parts.append("## Criteria\n\nMore is better, always.")
    parts.append(_table("criterion", ((name, _said(one)) for name, one in CRITERIA.items())))
    parts.append("## Bonus points")
    parts.append(_table("bonus", ((name, _said(one)) for name, one in BONUSES.items())))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _rules(rules: Rules) -> Iterator[str]:
    yield f"### {rules.name}"
    leagues = f" Leagues: {', '.join(f'`{one}`' for one in rules.leagues)}." if rules.leagues else ""
    proof = f"Proved against {rules.proved}." if rules.proved else "Cases made by hand."
    told = f"`{rules.id}`, {rules.sport.replace('_', ' ')}.{leagues}{_seasons(rules)}"
    yield f"{told} {proof} Source: {rules.source}."
    if any(view.primary != "win_pct" for view in rules.views):
        yield _points(rules.points)
    for view in rules.views:
        yield _view(view)


def _seasons(rules: Rules) -> str:
    first, last = rules.first_season, rules.last_season
    if not first and not last:
        return ""
    return " Seasons" + (f" from {first}" if first else "") + (f" to {last}" if last else "") + "."


def _points(points: Points) -> str:
    told = [f"Win {points.win}", f"draw {points.draw}", f"loss {points.loss}"]
    if points.no_result:
        told.append(f"no result {points.no_result}")
    told += [f"{how.replace('_', ' ')} {win} and {loss}" for how, (win, loss) in points.late.items()]
    told += [f"bonus `{name}`" for name in points.bonuses]
    if points.slam:
        told.append(f"all games won {points.slam} more")
    return ", ".join(told) + "."


def _view(view: View) -> str:
    order = [view.primary, *view.order]
    told = [f"*{view.name.replace('_', ' ')}*{f', by {view.by}' if view.by else ''}: " + _listed(order) + "."]
    if view.many:
        told.append(f"Three or more: {_listed(view.many)}.")
    if view.leaders:
        told.append(f"The first of each {view.leaders} come before all others.")
    if view.one_per:
        told.append(f"Of each {view.one_per} the best left comes first.")
    if view.place:
        told.append(f"Of the teams at place {view.place} of each part.")
    if view.without:
        told.append(f"Of the teams below place {view.without} of each part.")
    if view.common_min:
        told.append(f"Common games count from {view.common_min} on.")
    if view.meetings:
        told.append(f"Between teams once they have met {view.meetings} times.")
    told.append(_REGROUP[view.regroup])
    if view.at_stake:
        told.append(f"At the edge of a zone also {_listed(view.at_stake)}.")
    told.append(_RESORT[view.last_resort])
    if view.play_off_for:
        told.append(f"Equals at the edge of {' and '.join(view.play_off_for)} play again.")
    zones = [
        f"{zone.name} {zone.first}" + (f" to {zone.last}" if zone.last > zone.first else "")
        for zone in view.zones
    ]
    told.append(f"Zones: {', '.join(zones)}." if zones else "")
    return "- " + " ".join(filter(None, told))


def _listed(names: object) -> str:
    return ", ".join(f"`{name}`" for name in names)  # type: ignore[attr-defined]


def _said(function: object) -> str:
    return " ".join((getdoc(function) or "").split())


def _table(head: str, rows: object) -> str:
    lines = [f"| {head} | what it is |", "|---|---|"]
    lines += [f"| `{name}` | {text} |" for name, text in rows]  # type: ignore[attr-defined]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(page())
