"""The life of an order, verbs in order: opened, paid at Stripe, settled here, and what may come after."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Company, User

from . import gateway, ledger, standings
from .models import Credit, Customer, Fulfilment, MoneyBack, Order, Payer, Refund, Status, held_by
from .packages import CURRENCIES, MOST, PACKAGES, Kind, credits_for
from .standings import Payment, Standing

CREDITS = "credits"  # the purpose of a fulfilment
FIRM = (Status.PAID,)  # what no later answer of Stripe's takes back


class Refused(Exception):
    """The buyer asked for something that cannot be; the words are for them."""


def own(payer: Payer) -> QuerySet[Order]:
    """What was ordered for a company, or by a person for themselves."""
    mine = {"company": payer} if isinstance(payer, Company) else {"owner": payer, "company": None}
    return Order.objects.filter(**mine)


def open_order(
    owner: User,
    key: str,
    quantity: int,
    currency: str,
    *,
    company: Company | None = None,
    number: UUID | None = None,
) -> Order:
    """What somebody wants to buy, for themselves or a company; nothing is asked of Stripe yet.

    Raises Refused, or django.db.IntegrityError where another order has the ``number``.
    """
    package = PACKAGES.get(key)
    if package is None or not package.sold or currency not in CURRENCIES:
        raise Refused(_("This is not on sale any more; please choose again from the price list."))
    if package.kind == Kind.PACK and (company or quantity != 1):
        raise Refused(_("A pack is for one shoot; companies buy credits."))
    if package.kind == Kind.CREDITS:
        try:
            package = credits_for(quantity)
        except ValueError as error:
            raise Refused(str(error)) from None
    if not package.least <= quantity <= MOST:
        raise Refused(_("A plan begins at %(least)s seats.") % {"least": package.least})
    with transaction.atomic():
        order = Order.objects.create(
            id=number or uuid4(),
            owner=owner,
            company=company,
            package_key=package.key,
            quantity=quantity,
            currency=currency,
            amount=package.amount(currency, quantity),
        )
        _note(order, "credits.ordered", owner)
    return order


def _note(order: Order, what: str, by: User | None = None) -> None:
    """In the log of the company that it is for, or in the installation's."""
    if order.company:
        audit.note(order.company, by, what, order.pk)
    else:
        audit.record(by, what, f"order {order.pk}", subject=order.owner)


def pay(order: Order, *, success: str, cancel: str) -> str:
    """The address of the page where it is paid; the same one for a second click.

    Raises gateway.Unavailable when Stripe cannot be asked, gateway.Refused when it says no.
    """
    assert order.owner is not None
    if order.session is None:
        session, _address = gateway.checkout(order, success=success, cancel=cancel, email=order.owner.email)
        if not Order.objects.filter(pk=order.pk, session=None).update(session=session):
            order.refresh_from_db()
        order.session = order.session or session
    if address := gateway.page(order.session):
        return address
    raise Refused(_("This order can no longer be paid here; please order again."))


def pay_by_invoice(order: Order, *, purchase_order: str) -> None:
    """Stripe mails an invoice; the credits come when it is paid."""
    assert order.owner is not None
    invoice = gateway.send_invoice(order, email=order.owner.email, purchase_order=purchase_order)
    Order.objects.filter(pk=order.pk, invoice="").update(invoice=invoice, status=Status.PENDING)


# What Stripe says is written, whoever heard of it first: webhook, success page or reconciler.


@dataclass(frozen=True)
class Decision:
    """What an order is to become."""

    status: str
    wrong: str
    payments: tuple[Payment, ...] = ()  # whose credits are due


def settle(order: Order) -> Order:
    """Ask Stripe how the order stands and write it. Safe at any time, any number of times at once.

    Each asking has a number, and no answer is written over one that was asked for later.
    """
    with transaction.atomic():
        mine = Order.objects.filter(pk=order.pk)
        mine.update(asked=F("asked") + 1, asked_at=timezone.now())
        number = mine.values_list("asked", flat=True).get()
    found = standings.standing(order)
    with transaction.atomic():
        if mine.filter(settled__lt=number).update(settled=number):
            _write(Order.objects.get(pk=order.pk), found)
    order.refresh_from_db()
    return order


def decide(order: Order, found: Standing) -> Decision:
    """What follows from an answer; asks nobody."""
    status = order.status if order.status in FIRM else found.state
    if found.state != Status.PAID:
        return Decision(status, order.wrong)
    if wrong := _mistaken(order, found):
        return Decision(status if order.status in FIRM else Status.PENDING, wrong)
    return Decision(Status.PAID, "", found.payments)


def _mistaken(order: Order, found: Standing) -> str:
    """Why a paid session is not this order's; "" when it is."""
    if found.order != str(order.pk):
        return "made for another order"
    if found.currency != order.currency:
        return f"paid in {found.currency}"
    if found.subtotal != order.amount:
        return f"amount is {found.subtotal}, not {order.amount}"
    if found.sold != ((order.package_key, order.quantity),):
        return f"sold is {found.sold}"[:100]
    return ""


def _write(order: Order, found: Standing) -> None:
    decided = decide(order, found)
    order.status = decided.status
    order.wrong = decided.wrong
    if decided.payments:
        order.payment_intent = decided.payments[0].intent
    order.subscription = found.subscription or order.subscription
    order.invoice = found.invoice or order.invoice
    if order.status == Status.PAID and order.paid_at is None:
        order.paid_at = timezone.now()
    for payment in decided.payments:
        _serve(order, payment)
    order.save(
        update_fields=["status", "wrong", "paid", "payment_intent", "subscription", "invoice", "paid_at"]
    )
    if order.status == Status.PAID:
        _take_back(order, found)
    if found.customer and order.payer:
        Customer.objects.get_or_create(**held_by(order.payer), defaults={"stripe_id": found.customer})


def _serve(order: Order, payment: Payment) -> None:
    """The credits of one payment, and what was paid, once."""
    about = {"order": order, "payment_intent": payment.intent, "amount": payment.amount}
    _row, new = Fulfilment.objects.get_or_create(session=payment.paper, purpose=CREDITS, defaults=about)
    if new:
        order.paid += payment.amount
        ledger.money(order, "paid", "sales", payment.amount)
        ledger.issue(order)
        _note(order, "credits.paid")


def _take_back(order: Order, found: Standing) -> None:
    """What went back to the buyer, or is withheld by a bank, and the credits that go with it."""
    for number, amount, reason in found.refunds:
        about = {"order": order, "amount": amount, "reason": reason}
        _refunded, new = Refund.objects.get_or_create(stripe_id=number, defaults=about)
        if new:
            order.refunded += amount
            ledger.money(order, "refund", "sales", -amount)
            _note(order, "credits.refunded")
    ledger.money(order, "dispute", "disputed", order.withheld - found.withheld)
    order.withheld, order.disputed = found.withheld, found.disputed
    order.save(update_fields=["refunded", "withheld", "disputed"])
    _balance_credits(order)


def _balance_credits(order: Order) -> None:
    """Of the credits that the order gave, the share that is no longer paid for; spent ones stay spent."""
    given = order.credits.count()
    gone = order.credits.filter(revoked_at__isnull=False).count()
    kept_money = order.paid - order.refunded - (0 if order.disputed else order.withheld)
    due = given - -(-given * kept_money // order.paid) if order.paid else 0
    if due > gone:
        ledger.revoke(order, due - gone)
    elif due < gone:
        ledger.restore(order, gone - due)


def refund(order: Order, amount: int, *, reason: str, key: str, by: User | None = None) -> Order:
    """Give money back and write what follows. Asked twice with the same ``key``, once.

    Raises Refused when there is not so much left.
    """
    order = settle(order)
    if not 0 < amount <= order.left:
        if Refund.objects.filter(order=order, reason=reason).exists():
            return order  # it was done
        raise Refused(_("There is not so much left of this order to give back."))
    number = gateway.refund(order, amount, key=key, reason=reason)
    keep(order)
    settle(order)
    Refund.objects.filter(pk=number).update(by=by)
    return order


def want_back(order: Order, by: User) -> None:
    """What is unspent of a company's order shall go back: written down for staff, who decide. Raises Refused.

    Not by itself: a volume price was given for all of the credits.
    """
    if not order.left or order.disputed or not ledger.unspent_of(order).exists():
        raise Refused(_("There is nothing unspent in this order that could go back."))
    with transaction.atomic():
        if not Order.objects.filter(pk=order.pk, wanted_back_at=None).update(wanted_back_at=timezone.now()):
            raise Refused(_("You asked for this before; our staff looks at it."))
        _note(order, "credits.wanted_back", by)


def keep(order: Order) -> None:
    """Staff decided that nothing goes back."""
    Order.objects.filter(pk=order.pk).update(wanted_back_at=None)


def owe(credit: Credit, reason: str) -> bool:
    """Write down that all that is left of a pack's price goes back, with the change that is the reason.

    False where the credit itself is to go back: companies and plans buy many, a gift cost nothing.
    """
    order = credit.order
    if order is None or order.package.kind != Kind.PACK or not order.left:
        return False
    MoneyBack.objects.get_or_create(order=order, defaults={"reason": reason})
    return True


def give_back(owed: MoneyBack) -> None:
    """Give what is owed. Interrupted anywhere, the next call goes on: Stripe knows the key and how it is.

    Raises gateway.Unavailable, gateway.Refused.
    """
    order = settle(owed.order)
    if order.left:
        order = refund(order, order.left, reason=owed.reason, key=f"{owed.reason}-{order.left}")
    if not order.left and not order.disputed:
        MoneyBack.objects.filter(pk=owed.pk, done_at=None).update(done_at=timezone.now())


def about(hint: gateway.Hint) -> UUID | None:
    """Which of our orders an event is about; None for somebody else's.

    Of a session that is news to us, because it was paid before its id was stored, the order learns here.
    """
    order = _known(hint) or _told(hint.order)
    if order and hint.type.startswith("checkout.session."):
        Order.objects.filter(pk=order, session=None, invoice="").update(session=hint.about)
    return order


def _known(hint: gateway.Hint) -> UUID | None:
    for field, value in (
        ("session", hint.about),
        ("invoice", hint.about),
        ("payment_intent", hint.payment_intent),
        ("subscription", hint.subscription),
    ):
        if value and (found := Order.objects.filter(**{field: value}).values_list("pk", flat=True).first()):
            return found
    paid = Fulfilment.objects.filter(payment_intent=hint.payment_intent).exclude(payment_intent="")
    return paid.values_list("order", flat=True).first()


def _told(order: str) -> UUID | None:
    """The order that Stripe was told of; ``settle`` believes only what it then asks."""
    try:
        return Order.objects.filter(pk=UUID(order)).values_list("pk", flat=True).first()
    except ValueError:
        return None
