"""Several processes as one."""

from scorewire.bench.arrivals import Came
from scorewire.bench.turnout import together


def test_times_are_merged_and_counts_are_added() -> None:
    one = Came(at_s=[1.0, 3.0], away_s=[0.2, 0.9], began_s=0.5, came=2, gaps=1, bytes=10, leapt=3)
    other = Came(at_s=[2.0], away_s=[0.4], silent_s=[2.0], began_s=0.4, came=1, behind=1, cut=4, bytes=5)
    made = together([one, other])
    assert made.at_s == [1.0, 2.0, 3.0]
    assert (made.away_s, made.silent_s, made.leapt) == ([0.2, 0.4, 0.9], [2.0], 3)
    assert made.began_s == 0.4
    assert (made.came, made.behind, made.gaps, made.cut, made.bytes) == (3, 1, 1, 4, 15)
