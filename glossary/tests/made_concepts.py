"""Concepts made at random, in the form that files keep (``tidy``)."""

from __future__ import annotations

from hypothesis import strategies as st

from glossary.exchange.concepts import STATES, Concept, tidy

__all__ = ["concepts", "glossaries", "texts"]

# Chinese and Latin letters, what formats use as signs, what XML forbids, odd white space
SIGNS = "数据湖數據兆瓦甲乙 aBc Zé0-9_=+@'\"|;,，；\t\n\r\x0b\x1c\x85\u2028\ufeff<>&]]>=＝－-.\x00\x07\ufffe\U00020000"
texts = st.one_of(st.text(SIGNS, max_size=12), st.text(max_size=8))
slugs = st.text("abz019-_", max_size=12)


@st.composite
def concepts(draw) -> Concept:
    """A tidy concept with a term."""
    made = tidy(
        Concept(
            slug=draw(slugs),
            term=draw(texts),
            foreign_term=draw(texts),
            abbreviation=draw(texts),
            expansion=draw(texts),
            definition=draw(texts),
            aliases=tuple(draw(st.lists(texts, max_size=4))),
            forbidden=tuple(draw(st.lists(texts, max_size=3))),
            state=draw(st.sampled_from(STATES)),
        )
    )
    return made if made.term else draw(st.just(Concept(slug=made.slug, term="词")))


def glossaries(max_size: int = 5) -> st.SearchStrategy[list[Concept]]:
    """Concepts whose slugs, where they have one, are all different."""
    return st.lists(concepts(), min_size=1, max_size=max_size).map(_apart)


def _apart(made: list[Concept]) -> list[Concept]:
    kept: dict[str, Concept] = {}
    for number, concept in enumerate(made):
        kept.setdefault(concept.slug or f"#{number}", concept)
    return list(kept.values())
