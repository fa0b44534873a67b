"""Others' words are spelled as ours, and nothing in them becomes markup that is not meant to."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.templatetags.wording import breakable, sentence_case, ticked


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Sign In", "Sign in"),
        ("\n  Two-Factor Authentication\n", "\n  Two-factor authentication\n"),
        ("Verify Your Email Address", "Verify your email address"),
        ("Activate TOTP", "Activate TOTP"),
    ],
)
def test_titles_are_sentences(theirs: str, ours: str) -> None:
    assert sentence_case(theirs) == ours


@pytest.mark.django_db
def test_the_entrance_speaks_in_sentences(client: Client) -> None:
    page = client.get("/account/login/").content.decode()
    assert "Sign in</h1>" in page.replace("\n", "").replace("  ", "")


def test_code_and_paths_are_marked_up_and_the_rest_is_not() -> None:
    assert ticked("a `name` <b>") == "a <code>name</code> &lt;b&gt;"
    assert breakable("a/<b>") == "a/<wbr>&lt;b&gt;"
