"""The transcript that decoders write, and the reading that never blames anybody but the feed."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorewire.errors import FeedError
from scorewire.model.provider_event import GameDeclared, League, ProviderEvent, Team
from scorewire.providers import PROVIDERS, recognise
from scorewire.providers.format import (
    Transcript,
    read_companion,
    read_json,
    rfc3339,
    slices,
    time_ms,
)

NUMBERS = msgspec.json.Decoder(list[int])


def event(**fields: object) -> ProviderEvent:
    return ProviderEvent(**{"provider": "x", "game_id": "x", "event": "e", "revision": 1} | fields)  # type: ignore[arg-type]


class TestTranscript:
    def test_numbers_what_it_keeps_and_names_it(self) -> None:
        transcript = Transcript(provider="acme", game_id="g1")
        transcript.add(event(event="a"))
        transcript.skip("odd")
        transcript.add(event(event="b"))
        assert [(one.provider, one.game_id, one.event, one.sequence) for one in transcript.events] == [
            ("acme", "g1", "a", 1),
            ("acme", "g1", "b", 2),
        ]
        assert transcript.skipped == {"odd": 1}

    @pytest.mark.parametrize(
        "wrong", [{"period": 0}, {"x": 1.5}, {"clock": "1" * 20}, {"event": ""}, {"revision": -1}]
    )
    def test_what_breaks_a_limit_of_the_model_leaves_no_gap(self, wrong: dict[str, object]) -> None:
        transcript = Transcript(provider="acme", game_id="g1")
        transcript.add(event(**wrong))
        transcript.add(event(event="b"))
        assert [one.sequence for one in transcript.events] == [1]
        assert transcript.skipped == {"outside_limits": 1}

    def test_a_declaration_outside_the_limits_is_left_out(self) -> None:
        transcript = Transcript(provider="acme", game_id="g1")
        declared = GameDeclared(
            provider="acme",
            game_id="not an id",
            event="e",
            revision=1,
            sport="soccer",
            league=League(id="l"),
            start="2020-01-01T00:00:00Z",
            home=Team(id="h"),
            away=Team(id="a"),
        )
        decoded = transcript.decoded(game="1", declaration=declared)
        assert decoded.declaration is None
        assert decoded.skipped == {"declaration_outside_limits": 1}

    def test_numbers_of_the_feed_are_kept_and_what_is_left_out_changes_none(self) -> None:
        transcript = Transcript(provider="acme", game_id="g1")
        goal = ProviderEvent(provider="", game_id="", event="e", revision=1, type="GOAL")
        transcript.add_numbered(goal, 70)
        transcript.add_numbered(ProviderEvent(provider="", game_id="", event="", revision=1), 80)
        transcript.add_numbered(goal, None)
        assert [one.sequence for one in transcript.events] == [70, None]


class TestReading:
    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"a":1}', b"[" * 100_000])
    def test_blames_the_feed(self, body: bytes) -> None:
        with pytest.raises(FeedError, match="unreadable_payload"):
            read_json(NUMBERS, body, "a list of numbers")

    @pytest.mark.parametrize("companions", [{}, {"n": b"{"}, {"n": b'["x"]'}])
    def test_a_companion_that_cannot_be_read_is_absent(self, companions: dict[str, bytes]) -> None:
        assert read_companion(NUMBERS, companions, "n") is None

    def test_reads_a_companion(self) -> None:
        assert read_companion(NUMBERS, {"n": b"[1]"}, "n") == [1]


class TestTimes:
    @pytest.mark.parametrize(
        ("text", "ms"),
        [
            ("2020-12-23T00:06:25.2Z", 1608681985200),
            ("2020-12-22T19:06:25-05:00", 1608681985000),
            ("2020-12-23T00:06:25", 1608681985000),
            ("yesterday", None),
            ("", None),
            ("1950-01-01T00:00:00Z", None),
            ("0001-01-01T00:00:00+14:00", None),
        ],
    )
    def test_reads(self, text: str, ms: int | None) -> None:
        assert time_ms(text) == ms

    @given(st.integers(min_value=0, max_value=253402300799999))
    def test_writes_what_it_reads(self, ms: int) -> None:
        assert time_ms(rfc3339(ms)) == ms

    def test_writes_whole_seconds_without_a_fraction(self) -> None:
        assert rfc3339(1608681985000) == "2020-12-23T00:06:25Z"


@given(st.integers(min_value=0, max_value=500), st.integers(min_value=-1, max_value=100))
def test_slices_grow_to_the_whole(count: int, steps: int) -> None:
    lengths = list(slices(count, steps))
    assert lengths == sorted(set(lengths))
    assert lengths[-1] == count
    assert len(lengths) <= max(steps, 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.parametrize("name", PROVIDERS)
class TestEveryFormat:
    @given(body=st.binary(max_size=200) | st.builds(msgspec.json.encode, JSON))
    def test_is_total_on_garbage(self, name: str, body: bytes) -> None:
        built = PROVIDERS[name]
        assert built.recognise(body, "x.json") in {True, False}
        with pytest.raises(FeedError):
            built.decode(body)
        if built.grow is not None:
            with pytest.raises(FeedError):
                list(built.grow(body, 3))

    def test_is_named_as_its_key(self, name: str) -> None:
        assert PROVIDERS[name].name == name
        assert PROVIDERS[name].sequence in {"dense", "sparse"}


def test_nobody_knows_garbage() -> None:
    assert recognise(b'{"hello": "world"}', "x.json") is None
