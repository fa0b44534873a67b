"""One loaded model: a folder in the hub layout, its settings, its hash, the prompts it has read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

import torch
from diffusers import (
    ControlNetModel,
    DPMSolverMultistepScheduler,
    StableDiffusionXLControlNetPipeline,
)
from diffusers.utils import logging as diffusers_logging
from safetensors import SafetensorError
from torch import Tensor, nn
from transformers.utils import logging as transformers_logging

from .production import listing
from .types import BadModel, Recipe
from .weights import digest

diffusers_logging.disable_progress_bar()
transformers_logging.disable_progress_bar()

PARTS = ("unet", "vae", "text_encoder", "text_encoder_2", "controlnet")
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
# SDXL's own: attention alone, 1,451,520 parameters per rank unit, so rank 6 is a file of 17.4 MB.
SDXL_RECIPE = Recipe(rank=6, steps=128, batch=8, learning_rate=1e-4, targets=ATTENTION)
ALIGNED = 8  # a GPU's matrix units want ranks in eights: 24 ms of 255 went into kernels for rank 6


@dataclass(frozen=True)
class Settings:
    """How a model is shot with; ``engine.json`` of a model folder, or SDXL's where there is none."""

    name: str = "sdxl"
    size: int = 1024  # pixels a side
    control: Literal["sketch", "openpose"] = "openpose"
    steps: int = 24
    guidance: float = 5.0
    guidance_window: tuple[float, float] = (0.25, 0.75)  # shares of the steps that are guided
    control_until: float = 0.5  # share of the steps that see the control image
    start_strength: float = 1.0  # 1 begins with pure noise, less with the noised control image
    recipe: Recipe = SDXL_RECIPE


class Words(NamedTuple):
    """A prompt as the UNet takes it."""

    states: Tensor  # (tokens, width of both encoders)
    pooled: Tensor  # (width of the second encoder,)


class EarlyControlNet(ControlNetModel):  # type: ignore[misc]
    """A ControlNet that does no work in the steps whose control has weight 0 (the pipeline asks anyway)."""

    def forward(self, sample: Tensor, *args: Any, conditioning_scale: float = 1.0, **kwargs: Any) -> Any:
        if conditioning_scale == 0:
            nothing = sample.new_zeros(1)
            return (nothing,) * len(self.controlnet_down_blocks), nothing
        return super().forward(sample, *args, conditioning_scale=conditioning_scale, **kwargs)


class Once(nn.Module):
    """Remembers its last answer: a control image is the same in every step."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner
        self.asked: Tensor | None = None
        self.answer: Tensor | None = None

    def forward(self, image: Tensor) -> Tensor:
        if self.answer is None or image is not self.asked:
            self.asked, self.answer = image, self.inner(image)
        return self.answer


class StudioPipeline(StableDiffusionXLControlNetPipeline):  # type: ignore[misc]
    """The stock pipeline, but guidance can be switched between two steps (arXiv 2404.07724)."""

    guided = True

    @property
    def do_classifier_free_guidance(self) -> bool:
        return self.guided


@dataclass
class Engine:
    """A resident model. One thread at a time; ``worn`` is the adapter that its UNet wears now."""

    folder: Path
    settings: Settings
    pipe: StudioPipeline
    base_hash: str
    layers: Mapping[str, tuple[int, ...]]  # the UNet's linear and convolution weights by name
    worn: Path | None = None
    split: int = 1  # portions that a batch is worked on in, where there is too little memory for it
    batches: tuple[int, ...] = ()  # the sizes to draw in, rising; any where there is none
    slot: Mapping[str, Tensor] = field(default_factory=dict)  # of the UNet's adapter, by a file's keys
    _words: dict[str, Words] = field(default_factory=dict)

    @property
    def device(self) -> torch.device:
        return torch.device(self.pipe.unet.device)

    @property
    def dtype(self) -> torch.dtype:
        kind: torch.dtype = self.pipe.unet.dtype
        return kind

    def rank(self, asked: int) -> int:
        """The rank that an adapter has in memory, whatever its file's is."""
        return -(-asked // ALIGNED) * ALIGNED if self.device.type == "cuda" else asked

    @torch.no_grad()
    def words(self, prompt: str) -> Words:
        """The prompt's embeddings, encoded once; '' is what the model was taught as "no prompt"."""
        if prompt not in self._words:
            states, _, pooled, _ = self.pipe.encode_prompt(prompt, do_classifier_free_guidance=False)
            if not prompt and self.pipe.config.force_zeros_for_empty_prompt:
                states, pooled = torch.zeros_like(states), torch.zeros_like(pooled)
            self._words[prompt] = Words(states[0], pooled[0])
        return self._words[prompt]

    def live_hash(self) -> str:
        """sha256 over the weights in memory, without any adapter's; tests hold it to be constant."""
        together = hashlib.sha256()
        for part in PARTS:
            for name, value in sorted(getattr(self.pipe, part).state_dict().items()):
                if "lora_" not in name:
                    together.update(f"{part}.{name.replace('.base_layer', '')}".encode())
                    together.update(value.detach().cpu().contiguous().flatten().view(torch.uint8).numpy())
        return together.hexdigest()


def load(folder: Path, *, device: str | None = None, dtype: torch.dtype | None = None) -> Engine:
    """Read a model folder in the hub layout: float32 on a CPU, bfloat16 on a GPU, whatever is stored.

    Raises BadModel when a part is missing, altered (``weights.sha256``), or no safetensors.
    """
    folder = Path(folder)
    if not (folder / "model_index.json").is_file():
        raise BadModel(f"No model in {folder}: it needs a folder with model_index.json; restore or name one.")
    settings = read_settings(folder)
    hashes = _hashes(folder)
    _check_listing(folder, hashes)
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    dtype = dtype or (torch.float32 if device == "cpu" else torch.bfloat16)
    pipe = _read(folder, dtype).to(device)
    pipe.set_progress_bar_config(disable=True)
    lay_out(pipe)
    layers = {
        name: tuple(module.weight.shape)
        for name, module in pipe.unet.named_modules()
        if isinstance(module, nn.Linear | nn.Conv2d)
    }
    base = "\n".join(f"{value}  {name}" for name, value in hashes.items() if name.split("/")[0] in PARTS)
    return Engine(folder, settings, pipe, hashlib.sha256(base.encode()).hexdigest(), layers)


def lay_out(pipe: StudioPipeline) -> None:
    """Channels last on a CPU: a fifth less time a picture there, a tenth more on a GPU, both measured."""
    if pipe.device.type == "cpu":
        for part in (pipe.unet, pipe.vae, pipe.controlnet):
            part.to(memory_format=torch.channels_last)


def read_settings(folder: Path) -> Settings:
    """``engine.json`` of a model folder; SDXL's settings where there is none."""
    path = folder / "engine.json"
    if not path.is_file():
        return Settings()
    try:
        stored = dict(json.loads(path.read_text()))
        recipe = dict(stored.pop("recipe", {}))
        if "targets" in recipe:
            recipe["targets"] = tuple(recipe["targets"])
        if "guidance_window" in stored:
            start, stop = stored["guidance_window"]
            stored["guidance_window"] = (start, stop)
        own = {name.name for name in fields(Settings)}
        return replace(
            Settings(recipe=replace(Recipe(), **recipe)), **{k: stored[k] for k in stored if k in own}
        )
    except (OSError, ValueError, TypeError) as error:
        raise BadModel(f"{path} cannot be read ({error}); restore the model folder.") from error


def variant(folder: Path) -> str | None:
    """Which of a hub model's files are there: SDXL is fetched in half precision."""
    return None if any((folder / "unet").glob("*model.safetensors*")) else "fp16"


def _read(folder: Path, dtype: torch.dtype) -> StudioPipeline:
    options: dict[str, Any] = {"dtype": dtype, "local_files_only": True, "use_safetensors": True}
    for part in PARTS:
        if not (folder / part / "config.json").is_file():
            raise BadModel(f"{folder / part} is missing or empty; restore the model folder.")
    for part in ("tokenizer", "tokenizer_2"):  # without its file, a tokenizer would be built empty, silently
        if not any((folder / part / name).is_file() for name in ("tokenizer.json", "vocab.json")):
            raise BadModel(f"{folder / part} is missing or empty; restore the model folder.")
    try:
        controlnet = EarlyControlNet.from_pretrained(folder / "controlnet", **options)
        controlnet.controlnet_cond_embedding = Once(controlnet.controlnet_cond_embedding)
        pipe: StudioPipeline = StudioPipeline.from_pretrained(
            folder, controlnet=controlnet, variant=variant(folder), add_watermarker=False, **options
        )
    except (OSError, ValueError, RuntimeError, TypeError, SafetensorError) as error:
        cause = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadModel(f"The model in {folder} cannot be read ({cause}); restore the folder.") from error
    if not (folder / "engine.json").is_file():  # SDXL comes with Euler's sampler, which needs twice the steps
        pipe.scheduler = DPMSolverMultistepScheduler.from_config(
            pipe.scheduler.config, algorithm_type="dpmsolver++", use_karras_sigmas=True
        )
    return pipe


def _hashes(folder: Path) -> dict[str, str]:
    """sha256 of every weight file, by its path inside the folder, in name order."""
    paths = sorted(folder.rglob("*.safetensors"))
    with ThreadPoolExecutor() as several:  # gigabytes, and hashing leaves the interpreter to others
        sums = several.map(lambda path: _sha256(path, path.stat().st_mtime_ns), paths)
        return {path.relative_to(folder).as_posix(): sha256 for path, sha256 in zip(paths, sums, strict=True)}


_seen: dict[tuple[Path, int], str] = {}


def _sha256(path: Path, changed: int) -> str:
    """Of a file; remembered in this process until the file changes."""
    key = (path.resolve(), changed)
    if key not in _seen:
        _seen[key] = digest(path)
    return _seen[key]


def _check_listing(folder: Path, hashes: Mapping[str, str]) -> None:
    """Hold the files against the folder's listing, where there is one."""
    for name, expected in listing(folder).items():
        path = folder / name
        if not path.is_file():
            raise BadModel(f"{path} is missing; restore the model folder.")
        found = hashes.get(name) or _sha256(path, path.stat().st_mtime_ns)
        if found != expected:
            raise BadModel(
                f"{path} was altered (its sha256 is not the listed one); restore the model folder."
            )
