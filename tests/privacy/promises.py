"""Which tests hold the promises on consent, retention, erasure, export and marks."""

from __future__ import annotations

from tests.proofs import Proof

CONSENT, LEAVING = "tests/accounts/test_consent.py", "tests/accounts/test_leaving.py"
RETENTION, WAY = "tests/generation/test_retention.py", "tests/team/test_members_way.py"

PROOFS = (
    Proof(
        31,
        "no shoot without its subject's own signed release, both ticks, nothing pre-ticked",
        (
            f"{CONSENT}::test_both_ticks_are_needed",
            f"{CONSENT}::test_the_database_refuses_a_release_without_the_ticks",
            f"{CONSENT}::test_the_database_refuses_a_shoot_without_a_release",
            f"{CONSENT}::test_a_release_opens_only_the_shoot_of_who_gave_it",
            f"{CONSENT}::test_the_form_ticks_nothing_by_itself_and_needs_both",
        ),
    ),
    Proof(
        31,
        "a company can neither open a shoot for somebody nor upload into it",
        (f"{WAY}::test_the_company_can_neither_open_a_shoot_for_somebody_nor_upload_into_it",),
    ),
    Proof(
        32,
        "signed receipts with the standard's fields, texts byte-exact, one altered byte found",
        (
            f"{CONSENT}::test_every_published_text_is_as_it_was_published",
            f"{CONSENT}::test_the_receipt_has_what_the_standard_asks",
            f"{CONSENT}::test_a_receipt_verifies_and_an_altered_byte_does_not",
            "tests/accounts/test_signing.py",
        ),
    ),
    Proof(
        32,
        "withdrawal in two clicks, work stops, nothing stays, in every state",
        (
            f"{LEAVING}::test_withdrawal_takes_two_clicks",
            f"{LEAVING}::test_withdrawal_ends_a_claimed_shoots_work_at_once",
            f"{LEAVING}::test_withdrawal_leaves_nothing_in_any_state",
            f"{LEAVING}::test_what_a_failing_storage_left_the_sweeper_purges",
        ),
    ),
    Proof(33, "each kind goes at its end and not before; 0 overdue after any silence", (RETENTION,)),
    Proof(
        33,
        "the public page is made from the sweeper's own table",
        (f"{RETENTION}::test_the_public_page_shows_the_sweepers_own_table",),
    ),
    Proof(33, "every stored field has its purpose, period and reader", ("tests/headshots/test_data_map.py",)),
    Proof(
        34,
        "erasure reaches files, old versions, unfinished uploads, keys, dumps",
        (
            "tests/generation/test_erasure.py",
            "tests/generation/test_dumps.py",
            "tests/generation/test_vault.py",
            "tests/accounts/test_keys.py",
            f"{RETENTION}::test_nothing_of_a_purged_shoot_stays_in_any_store",
        ),
    ),
    Proof(
        35,
        "everything held on a person is in their export, a table without a rule fails",
        ("tests/generation/test_export.py",),
    ),
    Proof(
        36,
        "the database refuses to change the audit log; a changed, deleted or inserted line is named",
        ("tests/team/test_audit.py", "tests/accounts/test_chain.py"),
    ),
    Proof(
        37,
        "the base model's hash is the same after five people, nobody's adapter in another's pictures",
        (
            "tests/engine/test_adapter.py::test_swapping_a_b_a_gives_as_pictures_exactly",
            "tests/engine/test_adapter.py"
            "::test_taking_off_gives_the_bases_pictures_and_hash_back_after_five_people",
            "tests/engine/test_adapter.py::test_an_identity_of_another_model_is_refused",
            "tests/engine/test_resident.py::test_a_try_beside_training_comes_at_once_and_leaves_no_trace_in_it",
        ),
    ),
    Proof(
        38,
        "C2PA and IPTC marks: valid, last, without personal data; altered, foreign and lost marks told apart",
        (
            "tests/engine/test_credentials.py",
            "tests/generation/test_marks.py",
            "tests/generation/test_check.py",
        ),
    ),
    Proof(
        38,
        "every route that sends pictures or ZIPs sends marked ones, or people's own",
        ("tests/team/test_marks_everywhere.py",),
    ),
    Proof(39, "skin is measured against the same person's own photos", ("tests/engine/test_skin.py",)),
)
