"""``manage.py measure_look garden@2 --panel DIR``: a look by skin tone, with the model in use."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from generation import fairness, lab, tones
from generation.catalogue import as_look
from generation.engine.types import EngineError, Look
from generation.models import CatalogueLook, LookMeasure
from generation.understudy import panel


class Command(BaseCommand):
    """Shoots a look with the rendered panel and keeps its figures; goes on where it was stopped."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("look", help="its key, such as garden@2; drafts too")
        parser.add_argument("--panel", type=Path, required=True, help="as benchmarks.fairness renders it")
        parser.add_argument("--people", type=int, help="fewer than all make a trial, which is not kept")
        parser.add_argument("--device", help="cpu or cuda; best there is if left out")

    def handle(self, *args: Any, **said: Any) -> None:
        slug, _at, version = said["look"].partition("@")
        known = CatalogueLook.objects.filter(slug=slug, version=version if version.isdecimal() else 0)
        row = known.first()
        if row is None:
            raise CommandError(f"There is no look {said['look']}; the staff's catalogue lists them.")
        try:
            found = by_tone(as_look(row.data), said["panel"], said["people"], said["device"])
        except EngineError as error:
            raise CommandError(str(error)) from error
        if tones.enough(found):
            made = {"tones": found, "at": timezone.now()}
            model = fairness.in_use(lab.model_folder())
            LookMeasure.objects.update_or_create(look=row, model=model, defaults=made)
        else:
            self.stdout.write("Too few people for a measurement: nothing is kept.")
        self.stdout.write("\n".join(tones.behind(found)) or "Every tone alike.")


def by_tone(look: Look, folder: Path, people: int | None, device: str | None) -> dict[str, dict[str, Any]]:
    """Draw the look of everybody, and their figures. Imported here: it takes torch and the engine."""
    from generation.understudy import panel_shoot

    chosen, model = range(people or panel.TONES * panel.PER_TONE), lab.model_folder()
    panel_shoot.shoot_all(folder, chosen, [look], model, device=device)
    (made,) = panel_shoot.figures(folder, chosen, [look], model)["looks"].values()
    found: dict[str, dict[str, Any]] = made["tones"]
    return found
