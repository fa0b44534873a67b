"""The cast as fixtures."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User

from . import cast


@pytest.fixture
def ivy(db: None) -> User:
    """An individual with an account."""
    return cast.person("ivy")


@pytest.fixture
def sam(db: None) -> User:
    """Staff."""
    return cast.person("sam", staff=True)


@pytest.fixture
def zoe(db: None) -> Client:
    """A stranger's browser: not signed in."""
    return Client()


@pytest.fixture
def signed_in(ivy: User) -> Client:
    """ivy's browser."""
    client = Client()
    client.force_login(ivy)
    return client


def proven(user: User) -> Client:
    """A browser that was opened with a second factor."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": 0}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


@pytest.fixture
def desk(sam: User) -> Client:
    """sam's browser, with a second factor."""
    return proven(sam)
