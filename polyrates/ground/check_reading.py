"""Clauses "form" and "digest" of a certificate: it says one thing, and it is what was saved."""

from __future__ import annotations

import hashlib
import json
import re
from fractions import Fraction
from typing import NoReturn

LARGEST_FILE, LARGEST_DEGREE = 1 << 25, 10_000
INTEGER = re.compile(r"0|-?[1-9][0-9]{0,99999}")
DIGITS = r"-?(0|[1-9][0-9]{0,3999})"
NUMBER = re.compile(DIGITS + r"(/[1-9][0-9]{0,3999}|(\.[0-9]{1,2000})?(e-?[0-9]{1,4})?)")


class Refused(Exception):
    """(clause, why): a clause that does not hold."""


def require(clause: str, holds: bool, why: str) -> None:
    """Refuse unless it holds."""
    if not holds:
        raise Refused(clause, why)


def read(raw: bytes) -> dict[str, object]:
    """The content: strings, lists and objects alone, no key twice, under its SHA-256."""

    def refuse(text: str) -> NoReturn:
        raise Refused("form", f"the number {text[:20]} is not in quotes")

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        require("form", len({key for key, _ in pairs}) == len(pairs), "a key is there twice")
        return dict(pairs)

    require("form", len(raw) <= LARGEST_FILE, "the file is too large")
    content = json.loads(
        raw.decode("utf-8"),
        object_pairs_hook=once,
        parse_float=refuse,
        parse_int=refuse,
        parse_constant=refuse,
    )
    require("form", isinstance(content, dict) and "sha256" in content, "it is no certificate")
    signed = content.pop("sha256")
    require("digest", signed == digest(content), "the content is not what was saved")
    return dict(content)


def digest(content: dict[str, object]) -> str:
    """SHA-256 of the content as JSON: keys sorted, no spaces, ASCII."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def fields(content: object, names: str) -> list[object]:
    """The values of exactly these keys."""
    keys = names.split()
    if not isinstance(content, dict) or set(content) != set(keys):
        raise Refused("form", f"the keys must be {', '.join(keys)}")
    return [content[key] for key in keys]


def several(value: object) -> list[object]:
    """A list."""
    if not isinstance(value, list):
        raise Refused("form", "a list is missing")
    return value


def number(value: object) -> Fraction:
    """A decimal or a fraction, exactly."""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        raise Refused("form", f"{str(value)[:30]!r} is not a number")
    return Fraction(value)


def integer(value: object) -> int:
    """An integer, in parts: int() refuses long strings."""
    if not isinstance(value, str) or not INTEGER.fullmatch(value):
        raise Refused("form", f"{str(value)[:30]!r} is not an integer")
    total = 0
    for part in re.findall("[0-9]{1,4000}", value):
        total = total * 10 ** len(part) + int(part)
    return -total if value[0] == "-" else total
