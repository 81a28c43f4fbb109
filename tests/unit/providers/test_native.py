"""Native CloudEvents: one, a batch, lines; and back again."""

import pytest

from scorewire.errors import FeedError
from scorewire.model.provider_event import (
    GameDeclared,
    League,
    Player,
    ProviderEvent,
    SideScore,
    Team,
    Venue,
)
from scorewire.providers.native import (
    NATIVE,
    decode,
    read_message,
    split_messages,
    write_batch,
    write_message,
)

GOAL = ProviderEvent(
    provider="acme",
    game_id="wc2022-final",
    event="prov-124",
    revision=7,
    sequence=31,
    type="GOAL",
    team="home",
    period=1,
    clock="22:41",
    player=Player(id="p10", name="Lionel Messi"),
    detail={"penalty": True},
    x=0.885,
    y=0.5,
    score=SideScore(home=1, away=0),
    text="...",
    time_ms=1671376990250,
)
GAME = GameDeclared(
    provider="acme",
    game_id="wc2022-final",
    event="m-1",
    revision=1671375600000,
    sport="soccer",
    league=League(id="fifa-wc", name="World Cup"),
    season="2022",
    start="2022-12-18T15:00:00Z",
    venue=Venue(name="Lusail Stadium", tz="Asia/Qatar"),
    home=Team(id="arg", name="Argentina", abbr="ARG"),
    away=Team(id="fra", name="France", abbr="FRA"),
    providers=("acme", "backup"),
    provider_ids={"acme": "123"},
    rules={"extra_time": True},
    time_ms=1671375600000,
)


def message(data: str, **envelope: str) -> bytes:
    fields = {
        "specversion": "1.0",
        "id": "m-2",
        "source": "acme",
        "type": "scorewire.game.event.v1",
        "subject": "g1",
        "time": "2022-12-18T15:23:10Z",
    } | envelope
    inner = ",".join(f'"{name}":"{value}"' for name, value in fields.items() if value)
    return f'{{{inner},"data":{data}}}'.encode()


@pytest.mark.parametrize("claim", [GOAL, GAME])
def test_reads_what_it_writes(claim: ProviderEvent | GameDeclared) -> None:
    assert read_message(write_message(claim, message_id="m-1")) == claim


def test_writes_only_what_is_said() -> None:
    short = ProviderEvent(provider="acme", game_id="g1", event="e1", revision=1, type="CORNER", team="away")
    assert b'"data":{"event":"e1","revision":1,"type":"CORNER","team":"away"}' in write_message(
        short, message_id="m-1"
    )


def test_the_message_stands_in_for_event_and_revision() -> None:
    claim = read_message(message('{"type":"GOAL"}'))
    assert isinstance(claim, ProviderEvent)
    assert (claim.event, claim.revision, claim.time_ms) == ("m-2", 1671376990000, 1671376990000)


def test_extensions_of_the_envelope_are_ignored() -> None:
    assert read_message(message('{"type":"GOAL"}', traceparent="00-1")) == read_message(
        message('{"type":"GOAL"}')
    )


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"{", "unreadable_message"),
        (message('{"typ":"GOAL"}'), "unreadable_message"),
        (message('{"type":"GOAL","team":"both"}'), "unreadable_message"),
        (message('{"type":"GOAL","period":0}'), "unreadable_message"),
        (message('{"score":{"home":-1,"away":0}}'), "unreadable_message"),
        (message('{"type":"GOAL"}', type="other"), "unknown_message_type"),
        (message('{"type":"GOAL"}', subject="a b"), "bad_id"),
        (message('{"type":"GOAL"}', subject=""), "bad_id"),
        (message('{"type":"GOAL"}', time=""), "revision_missing"),
        (message('{"type":"GOAL"}', time="noon"), "revision_missing"),
    ],
)
def test_refuses_by_name(body: bytes, rule: str) -> None:
    with pytest.raises(FeedError) as refused:
        read_message(body)
    assert refused.value.rule == rule


ONE, TWO = write_message(GAME, message_id="m-1"), write_message(GOAL, message_id="m-2")


@pytest.mark.parametrize(
    "body",
    [
        write_batch([ONE, TWO]),
        ONE + b"\n" + TWO,
        b"\n" + ONE + b"\r\n\n" + TWO + b"\n",
    ],
    ids=["batch", "lines", "lines with gaps"],
)
def test_reads_every_packing(body: bytes) -> None:
    decoded = decode(body)
    assert NATIVE.recognise(body, "x")
    assert (decoded.game, decoded.declaration, decoded.events) == ("wc2022-final", GAME, (GOAL,))


def test_reads_one_message_over_many_lines() -> None:
    assert len(split_messages(TWO.replace(b'","', b'",\n"'))) == 1


def test_skips_what_it_cannot_read_by_its_rule() -> None:
    decoded = decode(write_batch([ONE, message('{"type":"GOAL"}', type="other"), b"3"]))
    assert decoded.skipped == {"unknown_message_type": 1, "unreadable_message": 1}


def test_a_matchday_holds_several_games() -> None:
    decoded = decode(write_batch([ONE, message('{"type":"GOAL"}', subject="g2")]))
    assert decoded.game == ""
    assert {event.game_id for event in decoded.events} == {"g2"}


@pytest.mark.parametrize("body", [b"[]", b"[1,2", b"{}", b"nonsense\nnonsense"])
def test_what_holds_nothing_of_ours_is_unreadable(body: bytes) -> None:
    with pytest.raises(FeedError, match="unreadable_payload"):
        decode(body)
