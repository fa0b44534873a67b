"""What somebody buys, in shape; what it means is for ``orders`` to say."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Order
from .packages import CURRENCIES
from .wording import CENTS, money

REASONS = (
    ("asked", _("The buyer asked for it")),
    ("failed", _("We could not deliver")),
    ("duplicate", _("Bought twice")),
    ("other", _("Something else, said below")),
)


class BuyForm(forms.Form):
    """``again`` numbers the form, so that a second click means the same order."""

    package = forms.CharField(max_length=40)
    quantity = forms.IntegerField(
        min_value=1,
        error_messages={"required": _("Say how many."), "invalid": _("Say how many, as a number.")},
    )
    currency = forms.ChoiceField(choices=[(code, code) for code in CURRENCIES])
    again = forms.UUIDField(required=False)


class InvoiceForm(BuyForm):
    """With the number that the buyer's own books ask for."""

    purchase_order = forms.CharField(
        max_length=30,  # of a custom field on Stripe's invoices
        required=False,
        error_messages={"max_length": _("A purchase order number has at most 30 characters.")},
    )


class RefundForm(forms.Form):
    """Of staff: how much, and why. ``seen`` is what had gone back when the form was opened."""

    amount = forms.DecimalField(label=_("Amount"), decimal_places=2, min_value=0)
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "—"), *REASONS])
    note = forms.CharField(
        label=_("Note, without names"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"class": "vTextField"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *given: object, order: Order, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self.left = order.left
        self.fields["amount"].help_text = _("At most %(left)s.") % {"left": money(self.left, order.currency)}

    def clean_amount(self) -> int:
        """In minor units."""
        amount = int(self.cleaned_data["amount"] * CENTS)
        if not 0 < amount <= self.left:
            raise forms.ValidationError(_("There is not so much left of this order to give back."))
        return amount

    def clean(self) -> None:
        if self.cleaned_data.get("reason") == "other" and not self.cleaned_data.get("note"):
            self.add_error("note", _("Say what it is."))
