"""Faces that no training sees, kept for judging: the same twentieth of the files everywhere and for ever."""

from hashlib import sha256

SHARE = 0.05


def held_out(name: str) -> bool:
    """Whether a portrait is kept from training, by its file's name alone: bench/generate/held-out.ts has the same rule."""
    return int(sha256(name.encode()).hexdigest()[:8], 16) < SHARE * 2**32
