"""The queue id out of what servers say on accepting a mail."""

import pytest

from notifications.accepted import queue_id
from notifications.mailer import Mailer
from tests.mail_servers import talking


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("250 2.0.0 Ok: queued as 4F1C21A0B3", "4F1C21A0B3", id="postfix"),
        pytest.param("250 2.0.0 Ok: queued as 4Xk2Pq5n3Zz1yR", "4Xk2Pq5n3Zz1yR", id="postfix-long-ids"),
        pytest.param(
            "250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 9B1D040C",
            "9B1D040C",
            id="filter-before-postfix",
        ),
        pytest.param("250 OK id=1rKxYz-000A1b-2C", "1rKxYz-000A1b-2C", id="exim"),
        pytest.param("250 OK id=1rKxYz-00000000A1b-2CdE", "1rKxYz-00000000A1b-2CdE", id="exim-long-ids"),
        pytest.param(
            "250 2.6.0 <1234@example.org> [InternalId=244571470, Hostname=mail.example.org] "
            "10543 bytes in 0.131, 78.2 KB/sec Queued mail for delivery",
            "244571470",
            id="microsoft-365",
        ),
        pytest.param("250 2.6.0 <1234@example.org> [InternalId=17] Queued mail for delivery", "17", id="exchange"),
        pytest.param("250 2.0.0 OK 1700000000 x12-20020a05abcdsm123456.7 - gsmtp", "x12-20020a05abcdsm123456.7", id="gmail"),
        pytest.param("250 2.0.0 4AS1bC2d003456 Message accepted for delivery", "4AS1bC2d003456", id="sendmail"),
        pytest.param(
            "250 Ok 0100018c1a2b3c4d-01234567-89ab-cdef-0123-456789abcdef-000000",
            "0100018c1a2b3c4d-01234567-89ab-cdef-0123-456789abcdef-000000",
            id="amazon-ses",
        ),
        pytest.param("250 OK", None, id="only-ok"),
        pytest.param("250 2.0.0 Ok", None, id="only-ok-with-reason"),
        pytest.param("250 Message accepted for delivery", None, id="aiosmtpd"),
        pytest.param("250 2.6.0 Queued mail for delivery", None, id="no-internal-id"),
        pytest.param("127.0.0.1:25 fell silent after DATA and may have accepted the mail: timed out.", None, id="no-reply"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_queue_id_is_found_in_what_the_server_said(said: str, expected: str | None) -> None:
    assert queue_id(said) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        pytest.param("250 2.0.0 OK  1700000000 x12-2002sm1.7 - gsmtp", "x12-2002sm1.7", id="two-blanks"),
        pytest.param("250-2.0.0 Thank you\r\n250 2.0.0 Ok: queued as 4F1C2", "4F1C2", id="two-lines"),
    ],
)
def test_the_queue_id_is_found_in_a_reply_as_the_outbox_keeps_it(reply: str, expected: str) -> None:
    with talking({".": reply}) as talk, Mailer(f"smtp://{talk.address}", "plan@example.org") as mailer:
        said = mailer.hand_over("owner@example.org", b"Subject: s\r\n\r\n", lambda: True)
    assert queue_id(said) == expected
