"""Captions to token ids: the closed word-level vocabulary, and the same as a stock fast tokenizer for the export."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from tokenizers import Regex, Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Split
from tokenizers.processors import TemplateProcessing
from transformers import PreTrainedTokenizerFast

from models.training.captions import WORD, vocabulary

LENGTH = 40
PAD, BEGIN, END, UNKNOWN = "<pad>", "<bos>", "<eos>", "<unk>"
SPECIAL = (PAD, BEGIN, END, UNKNOWN)
PAD_ID, BEGIN_ID, END_ID, UNKNOWN_ID = range(4)


def word_ids() -> dict[str, int]:
    """Every token and its id; the four special ones first."""
    return {word: index for index, word in enumerate((*SPECIAL, *vocabulary()))}


def encode_caption(ids: dict[str, int], text: str) -> list[int]:
    """Exactly LENGTH ids: begin, the words, end, padding. Unknown words become `<unk>`."""
    words = [ids.get(word, UNKNOWN_ID) for word in WORD.findall(text.lower())][: LENGTH - 2]
    return [BEGIN_ID, *words, END_ID, *[PAD_ID] * (LENGTH - 2 - len(words))]


def encode_captions(ids: dict[str, int], texts: list[str]) -> NDArray[np.int64]:
    """int64 (N, LENGTH)."""
    return np.array([encode_caption(ids, text) for text in texts], np.int64)


def build_tokenizer() -> PreTrainedTokenizerFast:
    """The stock tokenizer that gives the same ids as `encode_caption`; only runs of letters are words."""
    tokenizer = Tokenizer(WordLevel(word_ids(), unk_token=UNKNOWN))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Split(Regex("[^a-z]+"), "removed")
    tokenizer.post_processor = TemplateProcessing(
        single=f"{BEGIN} $A {END}", special_tokens=[(BEGIN, BEGIN_ID), (END, END_ID)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        model_max_length=LENGTH,
        pad_token=PAD,
        bos_token=BEGIN,
        eos_token=END,
        unk_token=UNKNOWN,
        padding_side="right",
    )
