"""One made-up match in both of Opta's shapes."""

import json
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

HOME, AWAY = "t1", "t2"


@dataclass
class One:
    """An event as either feed writes it."""

    id: int
    type: int
    period: int = 1
    minute: int = 0
    second: int = 0
    team: str = HOME
    player: str = ""
    outcome: int = 1
    number: int = 1
    modified: str = "2026-11-21T15:00:00Z"
    q: dict[int, str] = field(default_factory=dict)


def f24(*events: One, score: tuple[int, int] | None = None) -> bytes:
    told = [
        f'<Event id="{one.id}" event_id="{one.number}" type_id="{one.type}" period_id="{one.period}"'
        f' min="{one.minute}" sec="{one.second}" team_id="{one.team}" outcome="{one.outcome}"'
        f' x="90.0" y="50.0" timestamp="2026-11-21T15:00:00.5" last_modified="{one.modified}" version="9"'
        + (f' player_id="{one.player}"' if one.player else "")
        + ">"
        + "".join(
            f'<Q id="1" qualifier_id="{name}" value={quoteattr(text)} />' for name, text in one.q.items()
        )
        + "</Event>"
        for one in events
    ]
    ends = f' home_score="{score[0]}" away_score="{score[1]}"' if score else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Games timestamp="2026-11-21T17:00:00">'
        f'<Game id="m1" home_team_id="{HOME}" away_team_id="{AWAY}" home_team_name="Red"'
        ' away_team_name="Blue" competition_id="8" competition_name="Cup" season_name="2026"'
        ' game_date="2026-11-21T15:00:00"'
        f"{ends}>{''.join(told)}</Game></Games>"
    ).encode()


def ma3(*events: One, score: tuple[int, int] | None = None) -> bytes:
    told = [
        {
            "id": one.id, "eventId": one.number, "typeId": one.type, "periodId": one.period,
            "timeMin": one.minute, "timeSec": one.second, "contestantId": one.team, "outcome": one.outcome,
            "x": 90.0, "y": 50.0, "timeStamp": "2026-11-21T15:00:00.5Z", "lastModified": one.modified,
            **({"playerId": one.player, "playerName": one.player.upper()} if one.player else {}),
            "qualifier": [{"id": 1, "qualifierId": name, "value": text} for name, text in one.q.items()],
        }
        for one in events
    ]  # fmt: skip
    details = {"matchStatus": "Played" if score else "Playing"}
    if score:
        details["scores"] = {"total": {"home": score[0], "away": score[1]}}  # type: ignore[assignment]
    return json.dumps(
        {
            "matchInfo": {
                "id": "m1",
                "date": "2026-11-21Z",
                "time": "15:00:00Z",
                "competition": {"id": "8", "name": "Cup"},
                "tournamentCalendar": {"id": "s", "name": "2026"},
                "venue": {"id": "v", "longName": "Park"},
                "contestant": [
                    {"id": HOME, "name": "Red", "code": "RED", "position": "home"},
                    {"id": AWAY, "name": "Blue", "code": "BLU", "position": "away"},
                ],
            },
            "liveData": {"matchDetails": details, "event": told},
        }
    ).encode()


MATCH = (
    One(90, 30, 14, 0, team=AWAY),
    One(91, 30, 14, 0),
    One(10, 32, 1), One(11, 32, 1, team=AWAY),
    One(20, 1, 1, 11, 58, player="p2", number=7),
    One(21, 16, 1, 12, 0, player="p1", number=8, q={55: "7"}),
    One(22, 17, 1, 30, 0, AWAY, "p9", q={33: ""}),
    One(24, 70, 1, 44, 0, q={277: "2"}), One(25, 70, 1, 44, 0, AWAY, q={277: "2"}),
    One(26, 30, 1, 47, 5), One(27, 30, 1, 47, 5, team=AWAY),
    One(30, 32, 2, 45), One(31, 32, 2, 45, team=AWAY),
    One(32, 16, 2, 50, 0, player="p3", number=20, q={28: ""}),
    One(33, 16, 2, 60, 0, player="p1", number=21, q={9: ""}),
    One(34, 18, 2, 70, 0, player="p1", number=22, q={55: "23"}),
    One(35, 19, 2, 70, 0, player="p4", number=23, q={55: "22"}),
    One(36, 4, 2, 75, 0, player="p4", outcome=0, number=24),
    One(37, 4, 2, 75, 0, AWAY, "p8", number=24),
    One(38, 15, 2, 80, 0, AWAY, "p8", number=25),
    One(40, 30, 2, 94, 0), One(41, 30, 2, 94, 0, team=AWAY),
)  # fmt: skip
"""2-1: a goal with an assist, a red card, an own goal, a penalty; in no order."""


def deleted(event: int, original: int, modified: str = "2026-11-23T10:00:00Z") -> One:
    return One(event, 43, 0, modified=modified, q={144: str(original)})
