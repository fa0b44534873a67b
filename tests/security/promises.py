"""Which tests hold the promises on files that come in and on who sees what."""

from __future__ import annotations

from tests.proofs import Proof

INTAKE, HOSTILE = "tests/engine/test_intake.py", "tests/engine/test_decoder_hostile.py"
TRIES, SIGN_IN = "tests/generation/test_tries.py", "tests/accounts/test_sign_in.py"
ADAPTER, HUB = "tests/engine/test_adapter.py", "tests/engine/test_hub.py"
PERMISSIONS, CHECKS = "tests/test_permissions.py", "tests/headshots/test_checks.py"

PROOFS = (
    Proof(
        19,
        "limits and formats are known before anything is decoded",
        (
            f"{INTAKE}::test_too_many_pixels_are_refused_before_they_are_decoded",
            f"{INTAKE}::test_too_few_pixels",
            f"{INTAKE}::test_too_long_a_side",
            f"{INTAKE}::test_too_many_bytes",
            f"{INTAKE}::test_other_formats_are_refused",
            f"{INTAKE}::test_a_format_in_disguise_is_not_opened",
            f"{INTAKE}::test_flipped_bytes_never_escape_as_another_error",
        ),
    ),
    Proof(
        19,
        "the child that decodes has no secrets, files, network or rights, and ends in time",
        (HOSTILE, "tests/engine/test_decoder.py"),
    ),
    Proof(
        20,
        "of a file's metadata nothing stays but the month",
        ("tests/engine/test_canaries.py", "tests/generation/test_dumps.py"),
    ),
    Proof(21, "names from users reach pages as they are shown, and no path", ("tests/engine/test_names.py",)),
    Proof(
        21,
        "no name leads anywhere else in a ZIP, no cell of an export is a formula",
        ("tests/team/test_exports.py",),
    ),
    Proof(
        22,
        "adapters: safetensors of known layers, shapes, type and model only",
        (
            f"{ADAPTER}::test_a_file_that_does_not_fit_is_refused_and_not_worn",
            f"{ADAPTER}::test_an_identity_of_another_model_is_refused",
            f"{ADAPTER}::test_what_is_no_safetensors_is_refused",
            f"{ADAPTER}::test_a_strangers_lora_and_a_missing_file_are_refused",
        ),
    ),
    Proof(
        22,
        "models: pinned by revision and SHA-256, with their licence",
        (HUB, "tests/engine/test_weights.py"),
    ),
    Proof(23, "every route, method and persona has its row; foreign ids are 404", (PERMISSIONS,)),
    Proof(24, "refusing changes no byte of what a company sees", ("tests/team/test_privacy_wall.py",)),
    Proof(
        25,
        "rights act on the next request; a bucket that lists itself is refused",
        (
            "tests/team/test_admins.py::test_rights_end_with_the_next_request",
            f"{CHECKS}::test_a_bucket_that_lists_itself_to_anybody_is_refused",
        ),
    ),
    Proof(26, "staff pages open with a second factor only", ("tests/accounts/test_staff.py",)),
    Proof(
        27,
        "free tries: one a device and day, ten a network, forged addresses useless, a budget for all",
        (
            f"{TRIES}::test_one_a_day_for_a_device",
            f"{TRIES}::test_ten_a_day_for_a_network",
            f"{TRIES}::test_a_forged_address_does_not_help",
            f"{TRIES}::test_the_studio_takes_only_so_many",
            f"{TRIES}::test_of_simultaneous_ones_one_begins",
            f"{TRIES}::test_no_address_is_stored_and_the_days_key_goes",
            "tests/generation/test_api_try.py::test_a_forged_address_opens_no_second_try",
        ),
    ),
    Proof(
        28,
        "guessing is stopped, nobody learns who has an account, forged headers do not help",
        (
            f"{SIGN_IN}::test_guessing_is_stopped_for_the_account_even_from_many_addresses",
            f"{SIGN_IN}::test_nobody_learns_who_has_an_account",
            f"{SIGN_IN}::test_a_wrong_password_tells_nothing_either",
            f"{SIGN_IN}::test_the_limit_page_is_ours_and_forged_headers_do_not_help",
        ),
    ),
    Proof(
        28,
        "every page has the strict policy, pictures are sandboxed, deployed settings pass Django's check",
        ("tests/headshots/test_hardening.py",),
    ),
    Proof(
        29,
        "prompts are made of the catalogue's words alone; a flagged or faceless picture is never shown",
        (
            "tests/generation/test_api.py::test_only_words_of_the_catalogue_are_taken",
            "tests/engine/test_gate.py",
            "tests/generation/test_gallery.py"
            "::test_what_failed_a_check_or_has_no_rank_is_neither_shown_nor_served",
        ),
    ),
    Proof(30, "no size is for passports or identity cards", ("tests/engine/test_sizes.py",)),
)
