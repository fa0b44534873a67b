"""Why somebody does not come in, in sentences for them."""

from __future__ import annotations


class Refused(Exception):
    """This sign-on, or this setting, does not work; the sentence says what to do."""


class Known(Refused):
    """The address has an account that this provider may not open yet: sign in first, then come again."""
