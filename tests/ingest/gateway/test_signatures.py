"""Standard Webhooks: the example of the specification, and what is refused."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from ingest.gateway.problems import Refused
from ingest.gateway.signatures import check_signature, read_signature, sign

# The example of the specification and of its reference libraries.
KEY = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": MESSAGE, "webhook-timestamp": str(AT), "webhook-signature": SIGNATURE}
NOW = datetime.fromtimestamp(AT, UTC)


def test_the_example_of_the_specification() -> None:
    assert "v1," + base64.b64encode(sign(MESSAGE, str(AT), BODY, KEY)).decode() == SIGNATURE
    check_signature(read_signature(HEADERS, NOW, 300), BODY, KEY)


def test_one_of_several_signatures_is_enough() -> None:
    several = HEADERS | {"webhook-signature": f"v1,AAAA v1a,xx {SIGNATURE} v1,*"}
    check_signature(read_signature(several, NOW, 300), BODY, KEY)


@pytest.mark.parametrize("change", [b"", BODY + b" ", BODY.replace(b"2", b"3")])
def test_another_body(change: bytes) -> None:
    with pytest.raises(Refused):
        check_signature(read_signature(HEADERS, NOW, 300), change, KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": ""},
        {"webhook-id": "a b"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": str(AT + 301)},
        {"webhook-timestamp": str(AT - 301)},
    ],
)
def test_a_signature_of_no_use(change: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        read_signature(HEADERS | change, NOW, 300)
    assert refused.value.status == 401


@pytest.mark.parametrize("text", ["", "v1,", "v2," + SIGNATURE[3:], "v1,not base64"])
def test_no_signature_at_all(text: str) -> None:
    signature = read_signature(HEADERS | {"webhook-signature": text}, NOW, 300)
    with pytest.raises(Refused):
        check_signature(signature, BODY, KEY)
