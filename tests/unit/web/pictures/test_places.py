import pytest

from scorewire.web.pictures import places
from scorewire.web.pictures.frames import spots
from scorewire.web.pictures.grounds import PITCH
from unit.web.played import claim


def test_shots_of_several_providers_come_into_one_frame_in_their_order() -> None:
    claims = [
        claim("SHOT", x=0.9, y=0.2, provider="plain", event="1"),
        claim("CORNER", x=1.0, y=0.0),
        claim("GOAL", x=108 / 120, y=0.2, provider="statsbomb", event="2"),
        claim("SHOT", x=0.9, y=0.2, provider="acme", event="3"),
        claim("SHOT", x=0.5, y=0.5, provider="plain", event="4"),
    ]
    formats = {"acme": "opta_f24"}
    found = places.taken("soccer", claims, PITCH, lambda provider: formats.get(provider, provider))
    assert [one.claim.event for one in found] == ["1", "2", "3", "4"]
    plain, statsbomb, opta, _ = (one.spot for one in found)
    assert (plain.along, plain.across) == (pytest.approx(94.5), pytest.approx(13.6))
    # StatsBomb's penalty spot is at 108 of 120, ours 11 m from the line; Opta counts y from the right.
    assert statsbomb.along == pytest.approx(94.0)
    assert opta.across == pytest.approx(PITCH.width - 0.2 / 0.211 * (PITCH.width / 2 - 20.16))


def test_a_shot_in_shares_of_the_ground_lies_where_it_was_taken() -> None:
    claims = [claim("GOAL", x=0.83, y=0.3, provider="opta_f24")]
    (one,) = places.taken("soccer", claims, PITCH, str)
    (again,) = spots("", PITCH, [places.shared(one, PITCH)])
    assert (again.along, again.across) == (pytest.approx(one.spot.along), pytest.approx(one.spot.across))
    assert one.spot.along == pytest.approx(PITCH.length - 16.5)
