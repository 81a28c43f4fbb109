import pytest

from scorewire.model.trace import is_recorded, read_trace

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"


@pytest.mark.parametrize("header", [f"00-{TRACE}-01", f"00-{TRACE}-00", f"01-{TRACE}-09-and-more"])
def test_a_sound_header_is_carried_along_as_it_is(header: str) -> None:
    assert read_trace(header) == header


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nonsense",
        f"ff-{TRACE}-01",
        f"00-{TRACE}-01-and-more",
        f"00-{TRACE.upper()}-01",
        f"00-{'0' * 32}-00f067aa0ba902b7-01",
        f"00-4bf92f3577b34da6a3ce929d0e0e4736-{'0' * 16}-01",
        f"00-{TRACE}-1",
        f"00-{TRACE}-01\n",
        f"01-{TRACE}-01-{'x' * 300}",
    ],
)
def test_any_other_is_as_good_as_none(header: str) -> None:
    assert read_trace(header) == ""
    assert not is_recorded(read_trace(header))


@pytest.mark.parametrize(("flags", "recorded"), [("00", False), ("01", True), ("02", False), ("03", True)])
def test_the_caller_says_whether_it_records(flags: str, recorded: bool) -> None:
    assert is_recorded(f"00-{TRACE}-{flags}") == recorded
