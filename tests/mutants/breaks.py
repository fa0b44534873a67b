"""Deliberate breaks, by the group of promises that each would betray, and the tests that must notice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Break:
    """``old`` stands once in ``file``; with ``new`` in its place at least one of ``tests`` fails."""

    group: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


BREAKS = (
    Break(
        "money",
        "serve a payment each time that it is told of",
        "billing/orders.py",
        "    if new:\n        order.paid += payment.amount\n",
        "    if True:\n        order.paid += payment.amount\n",
        ("tests/billing/test_settling.py::test_a_paid_pack_gives_one_credit_however_often_it_is_settled",),
    ),
    Break(
        "money",
        "believe a session of any amount",
        "billing/orders.py",
        "if found.subtotal != order.amount:",
        "if False:",
        ("tests/billing/test_settling.py",),
    ),
    Break(
        "money",
        "write an older answer over a later one",
        "billing/orders.py",
        "if mine.filter(settled__lt=number).update(settled=number):",
        "if mine.update(settled=number):",
        (
            "tests/billing/test_settling.py::"
            "test_an_answer_that_was_asked_for_earlier_is_not_written_over_a_later_one",
        ),
    ),
    Break(
        "money",
        "take whatever comes for an event of Stripe's",
        "billing/webhooks.py",
        "    except gateway.Forged:\n        return HttpResponse(",
        "    except ZeroDivisionError:\n        return HttpResponse(",
        ("tests/billing/test_webhooks.py::test_what_stripe_did_not_send_now_is_refused",),
    ),
    Break(
        "money",
        "spend a credit that was taken back",
        "billing/ledger.py",
        "kept = Credit.objects.filter(pk=credit.pk, revoked_at=None)\n    if not kept.update(owner",
        "kept = Credit.objects.filter(pk=credit.pk)\n    if not kept.update(owner",
        ("tests/billing/test_journal.py::test_a_credit_that_was_revoked_meanwhile_cannot_be_spent",),
    ),
    Break(
        "work",
        "skip the fencing check",
        "generation/models/shoots.py",
        "            mine = mine.filter(claim=claim)\n",
        "            pass\n",
        ("tests/generation/test_life.py",),
    ),
    Break(
        "work",
        "start for ever without progress",
        "generation/shoots.py",
        'claim=F("claim") + 1, starts=F("starts") + 1, claimed_until',
        'claim=F("claim") + 1, claimed_until',
        ("tests/generation/test_life.py::test_the_third_start_without_progress_is_the_last",),
    ),
    Break(
        "work",
        "let a clean shutdown cost a start",
        "generation/shoots.py",
        'mine.filter(starts__gt=0).update(starts=F("starts") - 1)',
        "mine.filter(starts__gt=0).exists()",
        ("tests/generation/test_life.py::test_progress_and_a_clean_shutdown_cost_no_start",),
    ),
    Break(
        "work",
        "serve whoever came first, whatever they had",
        "generation/shoots.py",
        "        before[tenant] += 1\n",
        "",
        ("tests/generation/test_life.py", "tests/team/test_fairness.py"),
    ),
    Break(
        "files in",
        "decode before looking at the number of pixels",
        "generation/engine/intake.py",
        "MOST_PIXELS = 50_000_000",
        "MOST_PIXELS = 50_000_000_000",
        ("tests/engine/test_intake.py::test_too_many_pixels_are_refused_before_they_are_decoded",),
    ),
    Break(
        "files in",
        "decode a stranger's file with the server's rights",
        "generation/engine/decoder_child.py",
        "    os.setsid()\n    _become_nobody()\n",
        "    os.setsid()\n",
        ("tests/engine/test_decoder_hostile.py",),
    ),
    Break(
        "files in",
        "keep a file's name as it was typed",
        "generation/intake.py",
        "name=safe_name(name),",
        "name=name,",
        ("tests/generation/test_uploads.py::test_a_name_that_hides_something_is_kept_as_it_is_shown",),
    ),
    Break(
        "files in",
        "wear an adapter with numbers that are not finite",
        "generation/engine/adapter.py",
        "if not whole.isfinite().all():",
        "if False:",
        ("tests/engine/test_adapter.py::test_a_file_that_does_not_fit_is_refused_and_not_worn",),
    ),
    Break(
        "who sees what",
        "remove the permission filter",
        "generation/models/shoots.py",
        "return self.filter(subject=user) if user.is_authenticated else self.none()",
        "return self.all() if user.is_authenticated else self.none()",
        (
            "tests/test_permissions.py::test_nobodys_picture_is_reached_through_ones_own_shoot",
            "tests/generation/test_gallery.py::test_nobody_else_sees_pages_pictures_or_archives",
        ),
    ),
    Break(
        "who sees what",
        "show what the gate held back",
        "generation/media.py",
        "Headshot, pk=headshot, shown=True, shoot_id=shoot",
        "Headshot, pk=headshot, shoot_id=shoot",
        (
            "tests/generation/test_gallery.py::test_what_failed_a_check_or_has_no_rank_is_neither_shown_nor_served",
        ),
    ),
    Break(
        "who sees what",
        "open the staff pages without a second factor",
        "accounts/staff.py",
        "return super().has_permission(request) and second_factor(request)",
        "return super().has_permission(request)",
        ("tests/accounts/test_staff.py::test_a_password_alone_opens_nothing",),
    ),
    Break(
        "who sees what",
        "tell a company who refused",
        "generation/boards.py",
        "When(Exists(submitted), then=Value(State.IN_PROGRESS.value)),",
        "When(Exists(submitted) | Q(refused_at__isnull=False), then=Value(State.IN_PROGRESS.value)),",
        ("tests/team/test_privacy_wall.py",),
    ),
    Break(
        "who sees what",
        "take an invitation with another address",
        "accounts/invitations.py",
        "    if not holds(user, member.email):\n        raise OtherAddress\n    now",
        "    now",
        ("tests/team/test_joining.py",),
    ),
    Break(
        "free try",
        "count no attempts of a device",
        "generation/tries.py",
        "if today.filter(device=_veiled(device)).count() >= PER_DEVICE:",
        "if False:",
        ("tests/generation/test_tries.py::test_one_a_day_for_a_device",),
    ),
    Break(
        "free try",
        "believe the address that a client claims",
        "accounts/client.py",
        "    if settings.PROXIES:\n",
        '    if "HTTP_X_FORWARDED_FOR" in request.META:\n',
        (
            "tests/accounts/test_client.py",
            "tests/generation/test_tries.py::test_a_forged_address_does_not_help",
        ),
    ),
    Break(
        "consent",
        "submit after the consent was withdrawn",
        "generation/shoots.py",
        '        raise Refused(_("This shoot was submitted before."))\n    if not shoot.release.stands:\n',
        '        raise Refused(_("This shoot was submitted before."))\n    if False:\n',
        ("tests/generation/test_submitting.py", "tests/accounts/test_leaving.py"),
    ),
    Break(
        "consent",
        "go on with work whose consent is gone",
        "generation/shoots.py",
        "if not mine.filter(release__withdrawn_at=None).update(**changes):",
        "if not mine.update(**changes):",
        ("tests/accounts/test_leaving.py::test_the_record_alone_stops_the_worker_too",),
    ),
    Break(
        "consent",
        "take one tick for two",
        "accounts/consent.py",
        "    if is_adult is not True:\n",
        "    if is_adult is None:\n",
        ("tests/accounts/test_consent.py::test_both_ticks_are_needed",),
    ),
    Break(
        "erasure",
        "keep the key when the period ends",
        "generation/vault.py",
        "    keys.destroy(_key_name(owner, kind))\n",
        "",
        ("tests/generation/test_vault.py", "tests/generation/test_erasure.py"),
    ),
    Break(
        "erasure",
        "forget a derivative in deletion",
        "generation/shoots.py",
        'for ending in ("jpg", "thumb", "checked"):',
        'for ending in ("jpg", "checked"):',
        ("tests/generation/test_uploads.py::test_a_removed_photo_is_gone_with_its_files",),
    ),
    Break(
        "erasure",
        "leave the work's scratch behind",
        "generation/retention.py",
        "    shutil.rmtree(lab.SCRATCH / str(shoot.id), ignore_errors=True)\n",
        "",
        ("tests/generation/test_retention.py::test_scratch_goes_with_the_inputs",),
    ),
    Break(
        "erasure",
        "delete a day late",
        "generation/retention.py",
        "return end is not None and end <= now",
        "return end is not None and end + timedelta(days=1) <= now",
        ("tests/generation/test_retention.py::test_a_shoot_goes_at_its_end_and_not_before",),
    ),
    Break(
        "provenance",
        "sign before resizing",
        "generation/frames.py",
        "return {name: marks.signed(data) for name, data in encoded.items()}",
        "return {**{name: marks.signed(data) for name, data in encoded.items()},\n"
        '            "preview": encoded["preview"]}',
        ("tests/generation/test_renditions.py::test_every_size_that_a_page_shows_is_signed_too",),
    ),
    Break(
        "provenance",
        "deliver a size without a mark",
        "generation/renditions.py",
        "row.file, marks.signed(data))",
        "row.file, data)",
        ("tests/generation/test_renditions.py::test_a_size_is_cut_signed_and_named",),
    ),
    Break(
        "provenance",
        "call an altered picture intact",
        "generation/engine/credentials.py",
        'in ours and report["validation_state"] == "Trusted":',
        "in ours:",
        ("tests/generation/test_marks.py", "tests/generation/test_check.py"),
    ),
    Break(
        "model",
        "show what the nudity gate flags",
        "generation/engine/gate.py",
        "return bool(shares[self.flag] >= FLAGGED)",
        "return False",
        ("tests/engine/test_gate.py::test_it_flags_what_its_classifier_flags",),
    ),
    Break(
        "model",
        "keep an altered file of a model",
        "generation/engine/hub.py",
        "    if sha256 is not None and found != sha256:\n",
        "    if False:\n",
        ("tests/engine/test_hub.py::test_an_altered_byte_is_thrown_away",),
    ),
)
