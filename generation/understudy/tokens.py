"""The understudy's tokenizer: every word that a caption may hold is one token, nothing else is known."""

from __future__ import annotations

import re

from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from ..engine import looks

CONTEXT = 77  # SDXL's own length, so that prompts are cut alike
TOKENS = ("sks", "ohwx")  # rare words without a meaning; an adapter gives them one
SCENE_WORDS = (
    "studio portrait of a person , facing forward turned slightly three-quarter profile left right "
    "chin up down neutral slight smile laugh serious surprised soft hard light from the front background "
    "phone photo close-up headshot head and shoulders"
)


def vocabulary() -> list[str]:
    """Every word of the captions, sorted; none of them says gender, age, tone, ethnicity or beauty."""
    phrases = [SCENE_WORDS, *looks.COLOURS, *looks.OUTFITS, *looks.BACKDROPS, *looks.KEEP_WORDS, *TOKENS]
    return sorted({word for phrase in phrases for word in re.findall(r"[a-z]+|[^a-z\s]", phrase)})


def build_tokenizer() -> CLIPTokenizer:
    """A CLIP tokenizer whose merges were learned from the vocabulary alone, by real BPE training."""
    bpe = Tokenizer(models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix=""))
    bpe.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=50_000,
        min_frequency=0,
        end_of_word_suffix="</w>",
        initial_alphabet=alphabet,
        special_tokens=[],
        show_progress=False,
    )
    bpe.train_from_iterator([vocabulary()], trainer)
    merges = [tuple(pair) for pair in _merges(bpe)]
    letters = alphabet + [letter + "</w>" for letter in alphabet]
    pieces = letters + ["".join(pair) for pair in merges] + ["<|startoftext|>", "<|endoftext|>"]
    vocab = {piece: index for index, piece in enumerate(dict.fromkeys(pieces))}
    tokenizer = CLIPTokenizer(vocab=vocab, merges=merges)
    tokenizer.model_max_length = CONTEXT
    return tokenizer


def _merges(bpe: Tokenizer) -> list[list[str]]:
    import json

    merges = json.loads(bpe.to_str())["model"]["merges"]
    return [pair.split(" ") if isinstance(pair, str) else pair for pair in merges]
