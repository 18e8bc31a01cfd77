"""What a field of a settings class accepts, read off the field itself."""

from typing import Literal, get_args, get_origin

from pydantic import ByteSize
from pydantic.fields import FieldInfo


def names_of(field: FieldInfo) -> list:
    """List the names that a field accepts, alone, in a tuple or among other types."""
    return _names_in(field.annotation)


def _names_in(annotation) -> list:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [name for inner in get_args(annotation) for name in _names_in(inner)]


def takes_several(field: FieldInfo) -> bool:
    """Tell whether a field takes a tuple."""
    kinds = (field.annotation, *get_args(field.annotation))
    return any(get_origin(kind) is tuple for kind in kinds)


def takes_a_size(field: FieldInfo) -> bool:
    """Tell whether a field takes a number of bytes."""
    return ByteSize in (field.annotation, *get_args(field.annotation))


def bounds_of(field: FieldInfo) -> tuple[int, int] | None:
    """Read the lowest and the highest value that a field allows; None where it has none."""
    bounds = [getattr(b, end) for b in field.metadata for end in ("ge", "le") if hasattr(b, end)]
    return tuple(bounds) if bounds else None
