"""What the rows of HockeyTech's play-by-play and the figures of its summary say, one by one.

Source: payloads of the `statviewfeed` and `gc` feeds.
"""

import re

from scorewire.model.provider_event import Detail, Side, SideScore
from scorewire.providers.hockeytech_file import Club, Facts, Number, Person, Row, Summary, whole

PICTURE = (600.0, 300.0)

_TIME = re.compile(r"(\d{1,3}):([0-5]\d)\Z", re.ASCII)

MINUTES = {2: "minor", 4: "double_minor", 5: "major", 10: "misconduct"}
"""Minutes of a penalty -> its kind, in the words of docs/events.md."""


def clubs(rows: list[Row]) -> dict[int, str]:
    """Abbreviations, as goals and penalties tell them."""
    named: list[Club | None] = [club for row in rows for club in (row.details.team, row.details.against_team)]
    return {
        number: club.abbreviation
        for club in named
        if club is not None and club.abbreviation and (number := whole(club.id)) is not None
    }


def sides(rows: list[Row]) -> dict[int, Side]:
    """Which team is at home: that of whoever took a face-off for it; empty while nobody tells."""
    teams: dict[Number, int] = {}
    for row in rows:
        facts = row.details
        for person, team in (
            (facts.shooter, facts.shooter_team_id),
            (facts.player, facts.hitting_team),
            (facts.scored_by, facts.team.id if facts.team is not None else None),
            (facts.taken_by, facts.against_team.id if facts.against_team is not None else None),
        ):
            number = whole(team)
            if person is not None and number is not None:
                teams[person.id] = number
    sides: dict[int, Side] = {}
    for row in rows:
        for person, side in ((row.details.home_player, "home"), (row.details.visiting_player, "away")):
            if person is not None and person.id in teams and side not in sides.values():
                sides[teams[person.id]] = "home" if side == "home" else "away"
    return sides if len(sides) == 2 else {}


def moment(facts: Facts) -> tuple[str, int | None, int | None]:
    """What a goal and the shot that doubles it share; not the player: scorers are put right later."""
    club = facts.team.id if facts.team is not None else facts.shooter_team_id
    period = facts.period.id if facts.period is not None else None
    return str(period), seconds(facts), whole(club)


def winner(facts: Facts) -> Person | None:
    """Who wins a face-off; nobody while the row does not say."""
    if facts.home_win is None:
        return None
    return facts.home_player if yes(facts.home_win) else facts.visiting_player


def loser(facts: Facts) -> Person | None:
    """Who loses a face-off; nobody while the row does not say."""
    if facts.home_win is None:
        return None
    return facts.visiting_player if yes(facts.home_win) else facts.home_player


def yes(value: Number | bool) -> bool:
    """`"1"`, 1 and true are a yes."""
    return value is True or whole(value) == 1


def name(person: Person | None) -> str:
    """A player's name."""
    return "" if person is None else f"{person.first_name or ''} {person.last_name or ''}".strip()


def word(text: str) -> str:
    """In lower snake case."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def penalty(facts: Facts) -> Detail:
    """The kind of a penalty: by its words where they name it, else by its minutes."""
    minutes, offence = whole(facts.minutes), word(facts.description or "")
    kind = MINUTES.get(minutes or 0, "minor")
    for named in ("game_misconduct", "misconduct", "match", "penalty_shot"):
        if named in offence:
            kind = named
            break
    if kind == "minor" and yes(facts.is_bench):
        kind = "bench_minor"
    detail: Detail = {"kind": kind}
    if minutes is not None:
        detail["minutes"] = minutes
    return detail | ({"offence": offence} if offence else {})


def seconds(facts: Facts) -> int | None:
    """What was played of the period; None where the time cannot be read."""
    match = _TIME.match(facts.time)
    return int(match[1]) * 60 + int(match[2]) if match else None


def place(facts: Facts, team: Side | None) -> tuple[float | None, float | None]:
    """A place in the picture, turned so that the attack goes to x = 1."""
    if facts.x_location is None or facts.y_location is None or team is None:
        return None, None
    x, y = facts.x_location / PICTURE[0], facts.y_location / PICTURE[1]
    if team == "home":
        x, y = 1 - x, 1 - y
    return round(min(1.0, max(0.0, x)), 4), round(min(1.0, max(0.0, y)), 4)


def stated(summary: Summary) -> SideScore | None:
    """The score that the summary states."""
    home, away = whole(summary.meta.home_goal_count), whole(summary.meta.visiting_goal_count)
    return SideScore(home=home, away=away) if home is not None and away is not None else None


def lines(summary: Summary, stated: SideScore) -> str:
    """`1-0 1-1 1-0`; nothing where it does not add up to the score, as after a shoot-out."""
    goals = summary.goals_by_period
    pairs: list[tuple[int, int]] = []
    for number in range(1, len(goals.home) + 1):
        home, away = whole(goals.home.get(str(number))), whole(goals.visitor.get(str(number)))
        if home is None or away is None:
            return ""
        pairs.append((home, away))
    if (sum(one for one, _ in pairs), sum(one for _, one in pairs)) != (stated.home, stated.away):
        return ""
    return " ".join(f"{home}-{away}" for home, away in pairs)


def season(date: str) -> str:
    """`2023-24`: seasons begin in autumn."""
    match = re.match(r"(\d{4})-(\d\d)", date, re.ASCII)
    if match is None:
        return ""
    begun = int(match[1]) - (int(match[2]) < 8)
    return f"{begun}-{(begun + 1) % 100:02}"
