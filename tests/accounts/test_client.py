"""A client's address is what our own proxies saw, never what the client says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from accounts import client


def seen(proxies: int, forwarded: str | None, settings: Any, socket: str = "198.51.100.1") -> str:
    settings.PROXIES = proxies
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client.address(RequestFactory().get("/", REMOTE_ADDR=socket, **more))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, None, "198.51.100.1"),
        (0, "203.0.113.7", "198.51.100.1"),  # forged: nobody of ours wrote it
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "6.6.6.6, 203.0.113.7", "203.0.113.7"),  # the left part was forged
        (2, "6.6.6.6, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (2, "203.0.113.7", "198.51.100.1"),  # it came past the outer proxy
        (1, "203.0.113.7:4711", "203.0.113.7"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
        (1, "nonsense", "198.51.100.1"),
        (1, "", "198.51.100.1"),
    ],
)
def test_address(proxies: int, forwarded: str | None, found: str, settings: Any) -> None:
    assert seen(proxies, forwarded, settings) == found


def test_a_socket_without_address_is_one_client(settings: Any) -> None:
    assert seen(0, "203.0.113.7", settings, socket="") == client.NOWHERE
