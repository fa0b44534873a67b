"""The understudy's language: one token a word, every prompt inside it, and no word about who a person is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from transformers import CLIPTokenizer

from generation.engine.looks import CATALOGUE, KEEP_GROUPS, prompt
from generation.engine.types import Keep
from generation.understudy.captions import caption
from generation.understudy.people import population_rng, sample_person
from generation.understudy.scene import sample_scene
from generation.understudy.tokens import CONTEXT, build_tokenizer, vocabulary

NEVER = {"man", "woman", "male", "female", "boy", "girl", "young", "old", "elderly", "beautiful", "handsome"}
NEVER |= {"pretty", "attractive", "skin", "tone", "dark", "pale", "tan", "fair"}
NEVER |= {"asian", "african", "european", "caucasian", "latino"}


@pytest.fixture(scope="module")
def tokenizer() -> CLIPTokenizer:
    return build_tokenizer()


def test_every_word_is_one_token(tokenizer: CLIPTokenizer) -> None:
    words = vocabulary()
    counts = {word: len(tokenizer(word, add_special_tokens=False).input_ids) for word in words}
    assert {word for word, count in counts.items() if count != 1} == set()
    assert len({tokenizer(word, add_special_tokens=False).input_ids[0] for word in words}) == len(words)


def test_no_word_says_gender_age_tone_or_beauty() -> None:
    assert NEVER.isdisjoint(vocabulary())


def test_the_longest_prompt_of_every_look_fits(tokenizer: CLIPTokenizer) -> None:
    longest = Keep(tuple(max(words[1:], key=len) for words in KEEP_GROUPS.values()))
    for look in CATALOGUE.values():
        for direction in look.directions:
            said = tokenizer(prompt(look, direction, longest, token="sks")).input_ids
            assert len(said) <= CONTEXT
            assert len(said) - 2 == len(tokenizer.tokenize(prompt(look, direction, longest, token="sks")))


def test_captions_use_known_words_and_leave_some_unsaid() -> None:
    known = set(vocabulary())
    seen = set()
    for index, medium in itertools.product(range(20), ("studio portrait", "phone photo")):
        rng = np.random.default_rng(index)
        person, scene = sample_person(population_rng(1, index)), sample_scene(rng, medium)
        text = caption(person, scene, rng)
        seen.add(text)
        words = text.replace(",", " , ").replace("-", " - ").split()
        assert set(words) <= known, text
        assert text.startswith(medium)
    assert len(seen) == 40
