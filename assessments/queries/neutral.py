"""What the evaluators say, without what is for judges: no vendor reads which statement would be good or bad."""

import re

# The evaluators explain how a state follows from the responses of the playbook; all else is for everybody.
_JUDGES = re.compile(r"\b(?:acceptable|failure) responses?\b|\bresponses? of the playbook\b")
_LEFT = re.compile(r"\bNo acceptable response is left, since ([a-z])")
_POINTS = re.compile(r": this points to the \w+ response(?=\.)")
_SETTLES = re.compile(r"\s*To be settled: .*", re.DOTALL)  # names that are worth a look and prove nothing
_SENTENCE = re.compile(r"(?<=[.!?]) +(?=[A-Z0-9`])")
_ADDRESSED = (
    ("the vendor has to ", "you have to "),
    ("the vendor may ", "you may "),
    ("The vendor may ", "You may "),
)


def neutral(summary: str) -> str:
    """A summary as the vendor reads it; "" where nothing is left of it."""
    text = _LEFT.sub(lambda found: found[1].upper(), _SETTLES.sub("", summary))
    sentences = _SENTENCE.split(_POINTS.sub("", text))
    text = " ".join(sentence for sentence in sentences if not _JUDGES.search(sentence))
    for assessors, vendors in _ADDRESSED:
        text = text.replace(assessors, vendors)
    return text


def first_sentence(text: str) -> str:
    """The first sentence of a text."""
    return _SENTENCE.split(text, maxsplit=1)[0]
