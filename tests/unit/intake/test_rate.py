from scorewire.intake.rate import Bucket


def test_a_burst_of_a_second_and_then_the_rate() -> None:
    bucket = Bucket(10)
    assert [bucket.take(100.0) for _ in range(10)] == [0.0] * 10
    assert bucket.take(100.0) > 0
    assert bucket.take(100.05) > 0
    assert bucket.take(100.1001) == 0.0
    assert bucket.take(100.1001) > 0


def test_what_is_refused_takes_nothing_and_says_how_long_to_wait() -> None:
    bucket = Bucket(2)
    assert (bucket.take(0.0), bucket.take(0.0)) == (0.0, 0.0)
    for _ in range(100):
        assert bucket.take(0.0) == 0.5
    assert bucket.take(0.5) == 0.0


def test_a_quiet_hour_saves_no_more_than_a_second() -> None:
    bucket = Bucket(5)
    bucket.take(0.0)
    assert [bucket.take(3600.0) == 0.0 for _ in range(6)] == [True] * 5 + [False]
