"""Recordings from disk: packings, companions, limits."""

import gzip
import zipfile
from pathlib import Path

import pytest

from scorewire.errors import FeedError
from scorewire.intake import recording
from scorewire.intake.recording import companion_places, read

EVENT = (
    b'{"specversion":"1.0","id":"m","source":"a","type":"scorewire.game.event.v1","subject":"g",'
    b'"time":"2022-12-18T15:23:10Z","data":{"type":"GOAL","team":"home"}}'
)
BOX = b'{"game":{}}'
CDN = b'{"game":{"gameId":"0022000001","actions":[{"orderNumber":1}]}}'


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def archive(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/") + ".json", content)
    return path


@pytest.mark.parametrize("name", ["x.json", "x.json.gz", "x", "x.zip"])
def test_content_decides_and_not_the_name(tmp_path: Path, name: str) -> None:
    (found,) = read(write(tmp_path / name, EVENT))
    assert (found.format.name, found.body) == ("native", EVENT)
    assert found.decode().events[0].type == "GOAL"


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("0022000001_playbyplay.json.gz", "0022000001_boxscore.json"),
        ("playbyplay_0022000001.json", "playbyplay_boxscore.json"),
        ("stats_nba_com_pbp.json.gz", "stats_nba_com_boxscore.json"),
        ("15986.json", "../boxscore/15986.json"),
    ],
)
def test_where_a_companion_may_lie(name: str, first: str) -> None:
    assert next(iter(companion_places(name, "boxscore"))) == first


@pytest.mark.parametrize(
    ("name", "companion"),
    [
        ("7_playbyplay.json", "7_boxscore.json"),
        ("7_playbyplay.json", "7_boxscore.json.gz"),
        ("playbyplay_7.json", "boxscore_7.json"),
        ("league_playbyplay_7.json", "league_boxscore_7.json"),
        ("events/7.json", "boxscore/7.json"),
    ],
)
def test_finds_what_lies_beside_it(tmp_path: Path, name: str, companion: str) -> None:
    write(tmp_path / companion, BOX)
    write(tmp_path / "other_boxscore.json", b"{}")
    (found,) = read(write(tmp_path / name, CDN))
    assert found.companions == {"boxscore": BOX}


def test_a_companion_that_cannot_be_unpacked_is_as_good_as_absent(tmp_path: Path) -> None:
    (tmp_path / "7_boxscore.json").write_bytes(b"\x1f\x8bnonsense")
    (found,) = read(write(tmp_path / "7_playbyplay.json", CDN))
    assert found.companions == {}


def test_an_archive_holds_recordings_and_their_companions(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "day.zip", season__7_playbyplay=CDN, season__7_boxscore=BOX, readme=b"{}", native=EVENT
    )
    first, second = read(path)
    assert (first.name, first.format.name, first.companions) == (
        "season/7_playbyplay.json",
        "nba_cdn",
        {"boxscore": BOX},
    )
    assert second.format.name == "native"
    (only,) = read(path, format_name="native")
    assert only.name == "native.json"


def test_an_archive_of_folders(tmp_path: Path) -> None:
    path = archive(tmp_path / "day.zip", a__playbyplay__7=CDN, a__boxscore__7=BOX)
    assert read(path)[0].companions == {"boxscore": BOX}


def test_a_named_format_is_believed(tmp_path: Path) -> None:
    (found,) = read(write(tmp_path / "x.json", b"{}"), format_name="statsbomb")
    assert found.format.name == "statsbomb"


@pytest.mark.parametrize(
    ("content", "format_name", "rule"),
    [
        (b"{}", "auto", "unknown_format"),
        (EVENT, "opta", "unknown_format"),
        (b"\x1f\x8bnonsense", "auto", "unreadable_recording"),
        (gzip.compress(EVENT)[:-9], "auto", "unreadable_recording"),
        (b"PK\x03\x04nonsense", "auto", "unreadable_recording"),
    ],
)
def test_refuses_by_name(tmp_path: Path, content: bytes, format_name: str, rule: str) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    with pytest.raises(FeedError) as refused:
        read(path, format_name=format_name)
    assert refused.value.rule == rule


def test_what_is_not_there_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="unreadable_recording"):
        read(tmp_path / "none.json")
    with pytest.raises(FeedError, match="unreadable_recording"):
        read(tmp_path)


def test_an_archive_of_nothing_known(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="unknown_format"):
        read(archive(tmp_path / "x.zip", readme=b"{}"))


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "RECORDING_BYTES_MAX", 1000)
    monkeypatch.setattr(recording, "ARCHIVE_BYTES_MAX", 1500)
    monkeypatch.setattr(recording, "MEMBERS_MAX", 3)
    large, fair = b"[" * 1001, b"[" * 900
    bombs = [
        write(tmp_path / "a.json.gz", large),
        archive(tmp_path / "one.zip", a=large),
        archive(tmp_path / "sum.zip", a=fair, b=fair),
        archive(tmp_path / "many.zip", a=b"", b=b"", c=b"", d=b""),
        write(tmp_path / "plain.json", b"[" * 1600),
    ]
    for bomb in bombs:
        with pytest.raises(FeedError, match="recording_too_large"):
            read(bomb)
