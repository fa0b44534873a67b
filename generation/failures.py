"""Why a shoot or an action did not go on, in words for the person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """The person asked for something that cannot be done now; the message says what to do."""


SENTENCES = {
    "cancelled": _("You stopped this shoot. Its credit is back."),
    "withdrawn": _("You withdrew your consent, so the work was stopped and your photos were deleted."),
    "quarantined": _(
        "This shoot stopped three times without getting further, so we took it aside. Its credit is back, and"
        " our staff sees what happened."
    ),
    "unusable": _(
        "None of the pictures passed our checks. Its credit is back; add photos with other angles and light"
        " and try again."
    ),
    "refunded": _(
        "We did this shoot twice, and none of the pictures passed our checks. What you paid goes back to you"
        " by itself, to where it came from."
    ),
    "photos": _("The photos could not be read any more. Its credit is back; upload them again."),
    "model": _(
        "The image model cannot be used at the moment. Its credit is back; our staff sees what happened."
    ),
}

# What was done under the guarantee, by ``models.Guarantee``.
GUARANTEE = {
    "again": _(
        "In the first round fewer than five headshots looked like you by our measure. So the shoot is done"
        " again by itself, with new training. It costs you nothing, and your own free redo stays yours."
    ),
    "money": _(
        "We did this shoot twice, and fewer than five headshots look like you by our measure. What you paid"
        " goes back to you by itself, to where it came from. The headshots are yours."
    ),
    "credit": _(
        "We did this shoot twice, and fewer than five headshots look like you by our measure. Its credit is"
        " back. The headshots are yours."
    ),
}
