"""`keys create|list|revoke` on a data folder of its own."""

from pathlib import Path

import msgspec
import pytest

from scorewire.cli.app import main


@pytest.fixture
def keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["keys", *arguments, "--data", str(tmp_path / "data")])
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    return run


def test_a_secret_as_json_holds_id_provider_and_secret(keys) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = keys("create", "acme", "--json")
    made = msgspec.json.decode(out)
    assert code == 0
    assert set(made) == {"id", "provider", "secret"}
    assert made["provider"] == "acme"
    assert made["secret"].startswith("whsec_")


def test_a_secret_alone_stands_on_standard_output(keys) -> None:  # type: ignore[no-untyped-def]
    _, out, err = keys("create", "acme")
    assert out.startswith("whsec_")
    assert out.count("\n") == 1
    assert "not shown again" in err


@pytest.mark.parametrize(
    ("flag", "prefix"), [("--reader", "swr_"), ("--direct", "swd_"), ("--admin", "swa_")]
)
def test_tokens_of_readers_and_administrators(keys, flag: str, prefix: str) -> None:  # type: ignore[no-untyped-def]
    assert keys("create", "desk", flag)[1].startswith(prefix)


def test_a_key_is_listed_without_its_secret_and_can_be_revoked_once(keys) -> None:  # type: ignore[no-untyped-def]
    made = msgspec.json.decode(keys("create", "acme", "--json")[1])
    _, out, _ = keys("list")
    assert made["id"] in out
    assert "active" in out
    assert made["secret"] not in out
    assert keys("revoke", made["id"])[0] == 0
    assert "revoked" in keys("list")[1]
    code, _, err = keys("revoke", made["id"])
    assert code == 1
    assert "no active key" in err
    assert msgspec.json.decode(keys("list", "--json")[1])[0]["revoked_ms"] > 0


def test_no_keys_yet_says_what_to_do(keys) -> None:  # type: ignore[no-untyped-def]
    assert "keys create" in keys("list")[1]


def test_flags_and_names_that_make_no_sense_are_refused(keys) -> None:  # type: ignore[no-untyped-def]
    assert keys("create", "acme", "--reader", "--admin")[0] == 2
    assert keys("create", "acme", "--direct", "--reader")[0] == 2
    assert keys("create", "not an id")[0] == 2


def test_the_data_folder_is_private(keys, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    keys("create", "acme")
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert (tmp_path / "data" / "journal.sqlite").stat().st_mode & 0o077 == 0
