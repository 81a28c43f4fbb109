"""A server that is not there; one that is, in tests/backends/test_checkup.py."""

import pytest

from scorewire.errors import BackendError, ConfigError
from scorewire.journal.checkup import look


def test_what_is_no_url_is_named_by_its_setting():
    with pytest.raises(ConfigError, match=r"storage\.journal"):
        look("mysql://ann:s3cret@db.example/scores", lambda: 0)


def test_who_does_not_answer_is_said_without_the_password():
    pytest.importorskip("psycopg")
    with pytest.raises(BackendError) as raised:
        look("postgresql://ann:s3cret@127.0.0.1:1/scores", lambda: 0)
    assert raised.value.retryable
    assert "s3cret" not in str(raised.value)
