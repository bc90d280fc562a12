"""The grammar of subjects, filters and queue groups (docs/protocol.md). Limits are the exchange's."""

import re

from .errors import Errc, Error, make_error

MAX_QUEUE_GROUP_BYTES = 255

# A token has no space and no control character. '.', '*' and '>' are checked apart, for better texts.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f]")
# The usual subject: the other checks are made only for the text of the error.
_PLAIN = re.compile(r"[^.*>\x00-\x20\x7f-\x9f\ud800-\udfff]+(?:\.[^.*>\x00-\x20\x7f-\x9f\ud800-\udfff]+)*")


def check_subject(subject: str) -> Error | None:
    """Returns the error of a subject to publish on, or None."""
    if _PLAIN.fullmatch(subject):
        return None
    if problem := _problem(subject):
        return make_error(Errc.BAD_SUBJECT, f"subject '{subject}' {problem}")
    return make_error(Errc.WILDCARD_IN_PUBLISH, f"subject '{subject}' contains '*' or '>', which is for filters")


def check_filter(text: str) -> Error | None:
    """Returns the error of a filter to subscribe with, or None."""
    problem = _problem(text) or _misplaced_wildcard(text)
    return make_error(Errc.BAD_SUBJECT, f"filter '{text}' {problem}") if problem else None


def check_queue_group(name: str) -> Error | None:
    """Returns the error of a queue group's name, or None."""
    if check_subject(name) is None and len(name.encode()) <= MAX_QUEUE_GROUP_BYTES:
        return None
    return make_error(Errc.BAD_QUEUE_GROUP, f"'{name}' is not a valid queue group")


def _problem(text: str) -> str | None:
    if not text:
        return "is empty"
    if _FORBIDDEN.search(text):
        return "contains a space or a control character"
    if "" in text.split("."):
        return "has an empty token"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "is not UTF-8"
    return None


def _misplaced_wildcard(text: str) -> str | None:
    *others, last = text.split(".")
    if any(len(token) > 1 and ("*" in token or ">" in token) for token in (*others, last)) or ">" in others:
        return "has a wildcard that is not a whole token, or a '>' that is not the last one"
    return None
