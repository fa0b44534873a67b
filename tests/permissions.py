"""Who may do what: a row for every route and method, a column for everybody who may knock.

A number is the status of the answer; LOGIN is being led to the sign-in page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PERSONAS = ("anonymous", "visitor", "owner", "other", "staff")
LOGIN = "login"
Answer = int | str


@dataclass(frozen=True)
class Row:
    """What each persona is answered when it knocks at a thing of ivy's, or of the visitor's, in ``state``."""

    route: str
    method: str
    answers: tuple[Answer, ...]
    state: str = ""  # a builder of the cast: "draft", "ready" …
    said: dict[str, Any] = field(default_factory=dict)  # what else stands in the address

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.state}"


def everybody(status: int = 200) -> tuple[Answer, ...]:
    return (status,) * 5


def people(status: int = 200) -> tuple[Answer, ...]:
    """Each sees their own."""
    return (LOGIN, LOGIN, status, status, status)


def own(status: int = 200) -> tuple[Answer, ...]:
    """For strangers it is not there; staff are strangers too."""
    return (LOGIN, LOGIN, status, 404, 404)


def files(status: int = 200) -> tuple[Answer, ...]:
    """Pictures lead nobody to a sign-in page."""
    return (404, 404, status, 404, 404)


def programs(status: int = 200) -> tuple[Answer, ...]:
    return (401, 401, status, status, status)


def own_program(status: int = 200) -> tuple[Answer, ...]:
    return (401, 401, status, 404, 404)


def tried(status: int = 200) -> tuple[Answer, ...]:
    """The program of the visitor who began the free try."""
    return (401, status, 401, 401, 401)


def strangers(first: Answer, signed_in: Answer) -> tuple[Answer, ...]:
    return (first, first, signed_in, signed_in, signed_in)


THUMB, FULL, SIZE = {"size": "thumb"}, {"size": "full"}, {"what": "linkedin-400"}
LOOK = {"slug": "garden", "version": 1}
TEXT = {"purpose": "headshots", "version": 3, "locale": "en"}

PUBLIC = [
    Row(f"pages:{name}", "GET", everybody())
    for name in (
        "landing",
        "how",
        "photo_guide",
        "privacy",
        "retention",
        "terms",
        "help",
        "not_for_passports",
    )
]
SHOOTS = [
    Row("generation:shoots", "GET", people()),
    Row("generation:new_shoot", "GET", people()),
    Row("generation:new_shoot", "POST", people()),
    *(
        Row("generation:shoot", "GET", own(), state)
        for state in ("draft", "submitted", "ready", "failed", "purged")
    ),
    Row("generation:photos", "GET", people(302), "draft"),  # to the shoot, whether it is there or not
    Row("generation:photos", "POST", own(302), "draft"),
    Row("generation:remove_photo", "POST", own(302), "draft"),
    Row("generation:photo_image", "GET", files(), "draft", THUMB),
    Row("generation:photo_image", "GET", (404, 200, 404, 404, 404), "try", THUMB),
    Row("generation:phone_code", "GET", own(), "draft"),
    # Whoever holds the code: it lasts a quarter of an hour and opens one draft.
    Row("generation:phone", "GET", everybody(), "draft"),
    Row("generation:phone", "GET", everybody(410), "submitted"),
    Row("generation:phone_picture", "GET", everybody(), "draft"),
    Row("generation:phone_photos", "GET", everybody(302), "draft"),
    Row("generation:phone_photos", "POST", everybody(302), "draft"),
    Row("generation:phone_photos", "POST", everybody(410), "submitted"),
    Row("generation:phone_thumb", "GET", everybody(), "draft"),
    Row("generation:looks", "GET", own(), "draft"),
    Row("generation:looks", "POST", own(), "draft"),
    Row("generation:look_sketch", "GET", everybody(), "", LOOK),
    Row("generation:look_picture", "GET", everybody(404), "", LOOK),  # of the versions that staff made
    Row("generation:review", "GET", own(), "draft"),
    Row("generation:review", "POST", own(302), "draft"),
    Row("generation:progress", "GET", own(), "submitted"),
    Row("generation:cancel", "POST", own(302), "submitted"),
    Row("generation:more_looks", "GET", own(), "ready"),
    Row("generation:more_looks", "POST", own(), "ready"),
    Row("generation:keep_longer", "GET", own(), "ready"),
    Row("generation:keep_longer", "POST", own(), "ready"),
    Row("generation:keep_for", "POST", own(302), "ready"),
    Row("generation:delete", "GET", own(), "ready"),
    Row("generation:delete", "POST", own(302), "ready"),
    Row("generation:receipt", "GET", own(), "purged"),
    Row("generation:archive", "GET", files(), "ready"),
    Row("generation:archive", "GET", (404, 200, 404, 404, 404), "try"),
    Row("generation:viewer", "GET", own(), "ready"),
    Row("generation:favourite", "POST", own(302), "ready"),
    Row("generation:report", "POST", own(302), "ready"),
    Row("generation:sizes", "GET", own(302), "ready"),
    Row("generation:sizes", "POST", own(302), "ready"),
    Row("generation:headshot", "GET", files(), "ready", FULL),
    Row("generation:headshot", "GET", (404, 200, 404, 404, 404), "try", FULL),
    Row("generation:rendition", "GET", files(), "ready", SIZE),
    Row("generation:export", "GET", people()),
    Row("generation:export", "POST", people()),
]
TRY = [
    Row("generation:try", "GET", everybody()),
    Row("generation:try", "POST", (422, 302, 422, 422, 422), "try"),
    Row("generation:try_news", "GET", everybody(), "try"),
    Row("generation:try_delete", "POST", (302, 200, 302, 302, 302), "try"),
    Row("generation:try_keep", "GET", people(302), "try"),
    Row("generation:try_keep", "POST", people(302), "try"),
    Row("generation:check", "GET", everybody()),
    Row("generation:check", "POST", everybody(400)),
    Row("generation:ask", "GET", people()),
    Row("generation:ask", "POST", people(422)),
    Row("generation:report_picture", "GET", everybody()),
    Row("generation:report_picture", "POST", everybody(422)),
]
ACCOUNT = [
    Row("generation:withdraw", "GET", own(), "release"),
    Row("generation:withdraw", "POST", own(302), "release"),
    Row("generation:opened", "GET", people()),
    Row("generation:leave", "GET", people()),
    Row("generation:leave", "POST", people()),
    Row("generation:left", "GET", everybody(302)),
    Row("accounts:settings", "GET", people()),
    Row("accounts:settings", "POST", people()),
    Row("accounts:consents", "GET", people()),
    Row("accounts:receipt", "GET", own(), "release"),
    Row("accounts:receipt_file", "GET", own(), "release"),
    Row("accounts:consent_text", "GET", everybody(), "text", TEXT),
    Row("accounts:tokens", "GET", people()),
    Row("accounts:new_token", "GET", people()),
    Row("accounts:new_token", "POST", people()),
    Row("accounts:revoke", "POST", own(302), "token"),
    Row("accounts:verify", "GET", everybody()),
    Row("accounts:verify", "POST", everybody()),
]
MONEY = [
    Row("billing:prices", "GET", everybody()),
    Row("billing:buy", "POST", strangers(302, 422)),  # to sign up first
    Row("billing:buy_by_invoice", "POST", strangers(302, 422)),
    Row("billing:orders", "GET", people()),
    Row("billing:portal", "POST", people(404)),  # Stripe knows nobody who has not paid
    Row("billing:order", "GET", own(), "order"),
    Row("billing:order_news", "GET", own(), "order"),
    Row("billing:webhook", "POST", everybody(400)),  # nobody of them can sign as Stripe
]
API = [
    Row("api:docs", "GET", everybody()),
    Row("api:schema", "GET", everybody()),
    Row("api:consent", "GET", everybody()),
    Row("api:try", "POST", everybody(415)),
    # Only the token of the try opens it; an account's opens nobody's try.
    Row("api:try_mine", "GET", tried(), "try"),
    Row("api:try_mine", "PUT", tried(415), "try"),
    Row("api:try_mine", "DELETE", tried(), "try"),
    Row("api:try_picture", "GET", tried(), "try"),
    Row("api:looks", "GET", programs()),
    Row("api:shoots", "GET", programs()),
    Row("api:shoots", "POST", programs(400)),
    Row("api:shoot", "GET", own_program(), "draft"),
    Row("api:shoot", "DELETE", own_program(), "ready"),
    Row("api:photos", "GET", own_program(), "draft"),
    Row("api:photos", "POST", own_program(415), "draft"),
    Row("api:photo", "GET", own_program(), "draft"),
    Row("api:photo", "DELETE", own_program(204), "draft"),
    Row("api:photo_picture", "GET", own_program(), "draft"),
    Row("api:photo_thumbnail", "GET", own_program(), "draft"),
    Row("api:choice", "PUT", own_program(400), "draft"),
    Row("api:submit", "POST", own_program(409), "draft"),
    Row("api:cancel", "POST", own_program(), "submitted"),
    Row("api:headshots", "GET", own_program(), "ready"),
    Row("api:archive", "GET", own_program(), "ready"),
    Row("api:headshot", "GET", own_program(), "ready"),
    Row("api:headshot", "PATCH", own_program(400), "ready"),
    Row("api:picture", "GET", own_program(), "ready"),
    Row("api:preview", "GET", own_program(), "ready"),
    Row("api:thumbnail", "GET", own_program(), "ready"),
    Row("api:size", "GET", own_program(), "ready", SIZE),
    Row("api:size", "PUT", own_program(202), "ready", SIZE),
    Row("api:more_looks", "POST", own_program(400), "ready"),
    Row("api:report", "POST", own_program(400), "ready"),
    Row("api:keep_longer", "POST", own_program(400), "ready"),
    Row("api:keep_for", "POST", own_program(400), "ready"),
    Row("api:consents", "GET", programs()),
    Row("api:one_consent", "GET", own_program(), "release"),
    Row("api:one_consent", "DELETE", own_program(), "release"),
    Row("api:receipt", "GET", own_program(), "purged"),
]

MONITOR = [
    Row("metrics", "GET", everybody(404)),  # with the token of the settings alone: test_metrics
    Row("healthz", "GET", everybody()),
    Row("readyz", "GET", everybody()),
]

# allauth's own pages: who is not signed in meets the entrance, who is meets their own account.
ENTRANCE = {
    "account_login": strangers(200, 302),
    "account_signup": strangers(200, 302),
    "account_request_login_code": strangers(200, 302),
    "account_confirm_login_code": strangers(LOGIN, 302),
    "account_reset_password": everybody(),
    "account_confirm_password_reset_code": (LOGIN,) * 5,
    "account_complete_password_reset": everybody(302),
    "account_password_reset_completed": everybody(),
    "account_email_verification_sent": people(302),
    "account_inactive": everybody(),
    "account_logout": strangers(302, 200),
    "mfa_authenticate": strangers(LOGIN, 302),
    "mfa_login_webauthn": strangers(LOGIN, 302),
}
INSIDE = {
    "account_email": people(),
    "account_change_password": people(302),  # nobody of the cast has one
    "account_set_password": people(),
    "account_reauthenticate": people(403),
    "mfa_index": people(),
    "mfa_reauthenticate": people(403),
    "mfa_reauthenticate_webauthn": people(403),
    "mfa_activate_totp": people(),
    "mfa_deactivate_totp": people(404),
    "mfa_view_recovery_codes": people(404),
    "mfa_generate_recovery_codes": people(),
    "mfa_download_recovery_codes": people(404),
    "mfa_list_webauthn": people(),
    "mfa_add_webauthn": people(),
    "usersessions_list": people(),
}
KEYS = {"mfa_remove_webauthn": own(302), "mfa_edit_webauthn": own(302)}  # to one more proof of who asks
ALLAUTH = [
    *(Row(name, "GET", answers) for name, answers in {**ENTRANCE, **INSIDE}.items()),
    *(Row(name, "GET", answers, "passkey") for name, answers in KEYS.items()),
]

TABLE = [*PUBLIC, *SHOOTS, *TRY, *ACCOUNT, *MONEY, *API, *MONITOR, *ALLAUTH]
