"""Mutations that libFuzzer rarely makes: long repetitions, words, damage to ELF structures."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence

from elf_static_testing.mutations import mutations


def mutated(data: bytes, max_size: int, generator: random.Random, words: Sequence[bytes]) -> bytes:
    """The input with a few mutations, cut to `max_size` bytes."""
    for _ in range(generator.choice((1, 1, 2, 4))):
        data = generator.choice(_CHANGES)(data, max_size, generator, words)[:max_size]
    return data


def _structures(
    data: bytes, max_size: int, generator: random.Random, words: Sequence[bytes]
) -> bytes:
    if not data.startswith(b"\x7fELF"):
        return _word(data, max_size, generator, words)
    try:
        return next(mutations(data, generator))
    except (ArithmeticError, LookupError, ValueError, struct.error):
        # The headers do not match the file.
        return _word(data, max_size, generator, words)


def _word(data: bytes, max_size: int, generator: random.Random, words: Sequence[bytes]) -> bytes:
    place = generator.randrange(len(data) + 1)
    over = generator.choice((0, 0, generator.randrange(32)))
    return data[:place] + generator.choice(words) + data[place + over :]


def _many(data: bytes, max_size: int, generator: random.Random, words: Sequence[bytes]) -> bytes:
    """A long repetition, which reveals superlinear cost and deep recursion."""
    start = generator.randrange(len(data) + 1)
    piece = data[start : start + generator.choice((1, 1, 2, 4, 16, 64))]
    if generator.random() < 0.3:
        piece += generator.choice(words)
    room = max(0, max_size - len(data))
    count = generator.randrange(room // len(piece) + 1) if piece else 0
    return (
        data[:start] + piece * min(count, generator.choice((2, 8, 30, 200, 1 << 20))) + data[start:]
    )


def _bytes(data: bytes, max_size: int, generator: random.Random, words: Sequence[bytes]) -> bytes:
    place = generator.randrange(len(data) + 1)
    size = generator.choice((1, 1, 2, 4, 8))
    return data[:place] + bytes(generator.choices(range(256), k=size)) + data[place + size :]


def _cut(data: bytes, max_size: int, generator: random.Random, words: Sequence[bytes]) -> bytes:
    place = generator.randrange(len(data) + 1)
    return data[:place] + data[place + generator.choice((1, 4, 64, 1024)) :]


_CHANGES = (_structures, _structures, _word, _word, _many, _bytes, _cut)
