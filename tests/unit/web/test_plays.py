from scorewire.web.plays import Plays


def test_a_provider_without_a_format_is_taken_for_one_by_its_name() -> None:
    plays = Plays(formats={"acme": "opta_f24", "plain": ""})
    assert [plays.format_of(name) for name in ("acme", "plain", "statsbomb")] == [
        "opta_f24",
        "plain",
        "statsbomb",
    ]
