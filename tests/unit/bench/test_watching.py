"""One fan in the load process."""

from scorewire.bench.watching import data_of


def test_the_data_of_the_event_with_the_marker() -> None:
    text = b'id: a\ndata: {"seq":1}\n\nid: b\nevent: score_update\ndata: {"seq":2,"x":1}\n\n:\n\n'
    assert data_of(text, b'"seq":2,') == b'{"seq":2,"x":1}'
