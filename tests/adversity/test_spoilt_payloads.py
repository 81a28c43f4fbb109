"""The decoders that no recording could test are held to be total over payloads made by hand, spoilt."""

import random
import time

import pytest

from adversity.test_spoilt_recordings import FUZZ_S, spoilt
from decoded import decoded
from scorewire.providers import PROVIDERS
from unit.providers import (
    opta_matches,
    sportradar_messages,
    test_sportradar_mlb,
    test_sportradar_nfl,
    test_sportradar_nhl,
)
from unit.providers.test_sportradar_soccer import WHOLE, payload
from unit.providers.test_sportradar_us import whole

MADE = {
    "opta_f24": [opta_matches.f24(*opta_matches.MATCH, opta_matches.deleted(3, 16), score=(2, 1))],
    "opta_ma3": [opta_matches.ma3(*opta_matches.MATCH, opta_matches.deleted(3, 16), score=(2, 1))],
    "sportradar_soccer": [payload(*WHOLE, status="closed", score=(1, 1))],
    "sportradar_nba": [
        sportradar_messages.message(
            sportradar_messages.play(
                "e1", "twopointmade", home_points=2, away_points=0,
                statistics=[sportradar_messages.made("fieldgoal", "p")],
                location={"coord_x": 9, "coord_y": 9},
            )
        ),
        sportradar_messages.message({"id": "e1", "deleted": True}, operation="delete", status="closed"),
        whole([sportradar_messages.play("tip", "opentip"), sportradar_messages.play("e", "endperiod")]),
    ],
    "sportradar_mlb": [
        sportradar_messages.message(
            test_sportradar_mlb.pitch(
                "e1", "aS", flags={"is_ab_over": True}, count={"balls": 1, "strikes": 2},
                runners=[test_sportradar_mlb.runner("p2", 3, 4, "ERN")],
                score={"home_team_runs": 0, "away_team_runs": 1},
            ),
            league="MLB",
        ),
        test_sportradar_mlb.whole(test_sportradar_mlb.three_out("t"), []),
    ],
    "sportradar_nfl": [test_sportradar_nfl.whole(*test_sportradar_nfl.QUARTERS, status="closed")],
    "sportradar_nhl": [test_sportradar_nhl.whole(*test_sportradar_nhl.SHOOTOUT, status="closed")],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MADE))
def test_spoilt_payloads(name: str) -> None:
    rng = random.Random(7)
    for body in MADE[name]:
        whole_one = decoded(PROVIDERS[name], body)
        assert whole_one is not None
        assert whole_one.events
        tried = 0
        until_s = time.monotonic() + FUZZ_S
        while time.monotonic() < until_s or tried < 100:
            decoded(PROVIDERS[name], spoilt(body, rng))
            tried += 1
