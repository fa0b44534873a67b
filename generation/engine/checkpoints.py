"""A training run on disk: the state to resume from and the candidates to choose from, each written whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from .types import BadInput

MOMENTS = ("exp_avg", "exp_avg_sq")  # AdamW's own


class Run:
    """The trained tensors, their optimiser and the dice, kept together in one folder."""

    def __init__(
        self, folder: Path, parameters: Mapping[str, Tensor], rate: float, seed: int, fingerprint: str
    ) -> None:
        self.folder, self.parameters, self.fingerprint = folder, parameters, fingerprint
        fused = all(value.is_cuda for value in parameters.values())
        self.optimiser = torch.optim.AdamW(parameters.values(), lr=rate, weight_decay=1e-2, fused=fused)
        self.generator = torch.Generator().manual_seed(seed)

    def save(self, step: int) -> None:
        """Everything that the next step depends on."""
        tensors = {f"adapter.{name}": value for name, value in self.parameters.items()}
        for name, value in self.parameters.items():
            moments = self.optimiser.state.get(value, {})
            tensors |= {f"{moment}.{name}": moments[moment] for moment in MOMENTS if moment in moments}
        tensors["dice"] = self.generator.get_state()
        _write(self.folder / "state.safetensors", tensors, {"step": str(step), "of": self.fingerprint})

    def restore(self) -> int:
        """Go on from the newest state; 0 where there is none, a damaged one, or one of other photos."""
        path = self.folder / "state.safetensors"
        try:
            with safe_open(path, "pt") as file:
                notes = file.metadata() or {}
            if notes.get("of") != self.fingerprint:
                return 0
            tensors, step = load_file(path), int(notes["step"])
            for name, value in self.parameters.items():
                value.data.copy_(tensors[f"adapter.{name}"])
                if step:
                    self.optimiser.state[value] = {
                        "step": torch.tensor(float(step), device=value.device),
                        **{moment: tensors[f"{moment}.{name}"].to(value.device) for moment in MOMENTS},
                    }
            self.generator.set_state(tensors["dice"])
        except (OSError, SafetensorError, KeyError, ValueError):
            return 0
        return step

    def save_candidate(self, step: int) -> None:
        """The adapter as it is at this step."""
        _write(self._candidate(step), dict(self.parameters), {"of": self.fingerprint})

    def load_candidate(self, step: int) -> None:
        """Make the adapter what it was at that step."""
        for name, value in load_file(self._candidate(step)).items():
            self.parameters[name].data.copy_(value)

    def clear(self) -> None:
        """Remove what this run kept; other files in the folder stay."""
        for path in [*self.folder.glob("candidate-*.safetensors"), self.folder / "state.safetensors"]:
            path.unlink(missing_ok=True)

    def _candidate(self, step: int) -> Path:
        return self.folder / f"candidate-{step:06d}.safetensors"


def _write(path: Path, tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> None:
    """Whole or not at all, also after a kill; raises BadInput on a full disk."""
    half = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
        save_file(held, half, dict(notes))
        os.replace(half, path)
    except (OSError, SafetensorError) as error:
        half.unlink(missing_ok=True)
        raise BadInput(
            f"Training cannot save its state in {path.parent} ({error}); free some space."
        ) from error
