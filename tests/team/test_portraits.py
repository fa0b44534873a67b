"""What a company gets: cut to the brand, signed, released by its subject alone, and gone when taken back."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from PIL import Image

from accounts.models import Company, Delivery, Member, Purpose, Release, User, Webhook
from generation import brands, export, leaving, marks, portraits, recorded, retention, tasks, vault
from generation.engine import decoder
from generation.engine.credentials import Checked
from generation.engine.marking import SOURCE_TYPE
from generation.engine.sizes import SIZES
from generation.failures import Refused
from generation.models import Headshot, Portrait, Shoot
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme() -> Company:
    return cast.company(cast.person("hana"))


@pytest.fixture
def emil(acme: Company) -> Member:
    return cast.member(acme, cast.person("emil"))


def consent(member: Member) -> Release:
    return cast.release(member.user, Purpose.RELEASE)


def gallery(member: Member, headshots: int = 2) -> list[Headshot]:
    of = [one.image for one, _number in zip(recorded.headshots(), range(headshots))]
    assert member.user is not None
    shoot = cast.ready(member.user, headshots=headshots, of=of)
    Shoot.objects.filter(pk=shoot.pk).update(member=member)
    return list(shoot.headshots.order_by("rank"))


def made(drafts: list[Portrait]) -> list[Portrait]:
    for one in drafts:
        tasks.make_portrait(str(one.pk))
    return list(Portrait.objects.filter(pk__in=[one.pk for one in drafts]))


def files(portrait: Portrait) -> set[str]:
    return {name for name in (*SIZES, "full", "preview", "thumb", "source") if stored(portrait, name)}


def stored(portrait: Portrait, name: str) -> bool:
    return vault.exists(portrait.pk, "portraits", name)


def photo(size: tuple[int, int] = (600, 800)) -> decoder.Decoded:
    taken = BytesIO()
    Image.new("RGB", size, "peru").save(taken, "JPEG")
    return decoder.decode(taken.getvalue(), "me.jpg")


def test_a_chosen_headshot_is_cut_measured_signed_and_stored_in_every_format(emil: Member) -> None:
    (one,) = made(portraits.choose(emil, gallery(emil)[:1]))
    assert files(one) == {"full", "preview", "thumb", *brands.DEFAULT.formats}
    assert one.measures["backdrop"] < 1
    assert one.measures["eye_line"] == pytest.approx(brands.DEFAULT.eye_line, abs=0.02)
    full = vault.get(one.pk, "portraits", "full")
    assert Image.open(BytesIO(full)).width == one.measures["pixels"] <= 256
    for name in ("full", *brands.DEFAULT.formats):
        assert marks.check(vault.get(one.pk, "portraits", name)) == Checked.INTACT


def test_only_a_finished_draft_is_released_and_once(emil: Member) -> None:
    chosen = gallery(emil)[:1]
    drafts = portraits.choose(emil, chosen)
    assert portraits.choose(emil, chosen) == drafts  # pressed twice
    with pytest.raises(Refused, match="being made"):
        portraits.release(emil, consent(emil))
    made(drafts)
    Webhook.objects.create(company=emil.company, url="https://acme.example", events=["portrait.released"])
    assert portraits.release(emil, consent(emil)) == drafts
    assert str(drafts[0].pk) in Delivery.objects.get().body
    with pytest.raises(Refused, match="Choose"):
        portraits.release(emil, consent(emil))


def test_another_one_takes_the_place_and_the_former_is_destroyed(emil: Member) -> None:
    first, second = gallery(emil)
    (old,) = made(portraits.choose(emil, [first]))
    portraits.release(emil, consent(emil))
    (new,) = made(portraits.choose(emil, [second]))
    assert list(portraits.released(emil)) == [old]
    portraits.release(emil, consent(emil))
    assert list(portraits.released(emil)) == [new]
    with pytest.raises(vault.Gone):
        vault.get(old.pk, "portraits", "full")


def test_nobody_elses_headshots_and_no_more_than_three(emil: Member, acme: Company) -> None:
    zoe = cast.person("zoe")
    foreign = gallery(cast.member(acme, zoe), 1)
    private = list(cast.ready(emil.user, 1).headshots.all())
    mine = gallery(emil, 4)
    for wrong in ([], foreign, private, mine, [mine[0], mine[0]]):
        with pytest.raises(Refused, match="one to three"):
            portraits.choose(emil, wrong)
    assert not Portrait.objects.exists()


def test_it_outlives_its_shoot_and_goes_with_the_consent(emil: Member) -> None:
    (one,) = made(portraits.choose(emil, gallery(emil)[:1]))
    portraits.release(emil, consent(emil))
    assert one.headshot is not None
    shoot, release = one.headshot.shoot, one.headshot.shoot.release
    retention.purge(shoot)
    assert stored(one, "full")
    leaving.withdraw(release)
    assert not portraits.released(emil).exists()
    assert files(one) == set()


def test_deleting_the_account_takes_everything_back_and_the_export_has_it_before(emil: Member) -> None:
    (one,) = made(portraits.choose(emil, gallery(emil)[:1]))
    portraits.release(emil, consent(emil))
    user = emil.user
    assert isinstance(user, User)
    assert f"portraits/{one.pk}.jpg" in b"".join(export.archive(user)).decode("latin-1")
    leaving.leave(user)
    assert files(one) == set()


def test_an_own_picture_is_cut_by_hand_and_neither_measured_nor_called_ai_made(emil: Member) -> None:
    (one,) = made([portraits.own(emil, 1, photo(), (0.25, 0.5, 0.5))])
    assert one.measures == {}
    assert files(one) == {"full", "preview", "thumb", *SIZES}
    full = vault.get(one.pk, "portraits", "full")
    assert Image.open(BytesIO(full)).size == (300, 300)
    assert SOURCE_TYPE.encode() not in full
    assert marks.check(full) == Checked.UNKNOWN
    assert portraits.conformity(emil.company) is None


@pytest.mark.parametrize("crop", [(0.6, 0, 0.5), (0, 1.0, 0.5), (-0.1, 0, 0.5), (0, 0, 0.1)])
def test_a_square_beyond_the_picture_or_too_small_is_refused(emil: Member, crop: portraits.Crop) -> None:
    with pytest.raises(Refused, match="square"):
        portraits.own(emil, 1, photo(), crop)


def test_what_cannot_be_made_or_is_not_wanted_any_more_goes_by_itself(emil: Member) -> None:
    flat = cast.ready(emil.user, 1)
    Shoot.objects.filter(pk=flat.pk).update(member=emil)
    (faceless,) = portraits.choose(emil, list(flat.headshots.all()))
    (faceless,) = made([faceless])
    assert faceless.erased_at
    own = portraits.own(emil, 2, photo(), (0, 0, 1))
    Portrait.objects.filter(pk=own.pk).update(created=timezone.now() - timedelta(days=2))
    portraits.tidy()
    assert not portraits.drafts(emil).exists()
    assert not stored(own, "source")


def test_the_wall_is_told_how_well_the_set_agrees(emil: Member, acme: Company) -> None:
    made(portraits.choose(emil, gallery(emil)))
    portraits.release(emil, consent(emil))
    found = portraits.conformity(acme)
    assert found is not None
    assert (found.portraits, found.former) == (2, 0)
    assert found.eye_line.worst <= 2
    assert found.backdrop.worst <= 1


def test_with_a_portrait_goes_what_an_admin_wrote_of_it(emil: Member) -> None:
    one = cast.portrait(emil, {"full": b"picture"}, redo_reason="Eyes shut")
    portraits.take_back(one)
    one.refresh_from_db()
    assert (one.redo_reason, bool(one.erased_at)) == ("", True)
