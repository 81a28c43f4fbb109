"""What one fsync costs."""

from pathlib import Path

from scorewire.bench.probe import RECORD_BYTES, Probe


def test_each_record_is_appended_and_timed(tmp_path: Path) -> None:
    with Probe(tmp_path) as probe:
        for _ in range(3):
            probe.once()
    assert len(probe.taken_s) == 3
    assert min(probe.taken_s) > 0
    assert (tmp_path / "probe").stat().st_size == 3 * RECORD_BYTES
