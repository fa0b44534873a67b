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
    "set_aside": _(
        "Our staff took this shoot aside because something was wrong with it. Its credit is back; you can"
        " open a new shoot at any time."
    ),
    "unusable": _(
        "None of the pictures passed our checks. Its credit is back; add photos with other angles and light"
        " and try again."
    ),
    "refunded": _(
        "We did this shoot twice, and none of the pictures passed our checks. What you paid goes back to you"
        " by itself, to where it came from."
    ),
    "taken_down": _("Our staff deleted this shoot after a report about it."),
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
    "staff": _("Our staff gave the credit of this shoot back. The headshots are yours."),
}
# What the letter says where it was not the guarantee that did a shoot again.
AGAIN_BY_STAFF = _(
    "Our staff looked into what had stopped your shoot and began it again, with the same photos and the"
    " credit that had come back."
)

# The same reasons in words for staff, who can do something about them.
STAFF_SENTENCES = {
    "cancelled": _("The person stopped it."),
    "withdrawn": _("The person withdrew their consent; everything of it is deleted."),
    "quarantined": _(
        "Three starts ended without progress: each time the worker or its engine died, hung or ran out of"
        " memory. The worker's log names this shoot beside each. The credit went back."
    ),
    "set_aside": _("Staff took it aside. The credit went back."),
    "unusable": _("None of the pictures passed the checks. The credit went back."),
    "refunded": _("None of the pictures passed the checks, twice. The order's money goes back."),
    "taken_down": _("We deleted it after a report of its pictures; the report has the reason."),
    "photos": _("The photos could not be read from the storage any more. The credit went back."),
    "model": _(
        "The engine could not load its model: see the worker's log, and whether the model's files are whole."
        " The credit went back."
    ),
}
