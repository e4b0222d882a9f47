"""Language, sentiment and words of texts: published figures, negation, nothing made up."""

import random

import pytest

from orchestration.texts import detect, fingerprint, language_of, score_text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The seam came loose after a week. Poor quality.", "en"),
        ("Softest ever", "en"),
        ("Leider schlecht genäht, und niemand antwortet.", "de"),
        ("Gutes Leinen, aber nicht ganz billig.", "de"),
        ("毛巾很柔軟，質量很好，下次還會買。", "zh"),
        ("质量太差", "zh"),
        ("これはとても良い品質です", "ja"),
        ("품질이 좋아요", "ko"),
        ("Très bonne qualité mais la livraison est lente", "fr"),
        ("La entrega fue muy lenta pero el producto es bueno", "es"),
        ("Gutschein", None),
        ("12345", None),
        ("", None),
        ("😀", None),
    ],
)
def test_a_language_is_told_by_script_and_common_words(text: str, language: str | None) -> None:
    assert detect(text) == language


def test_a_delivered_language_wins() -> None:
    assert language_of("The quality is good", "de-AT") == "de"
    assert language_of("The quality is good", "FR") == "fr"
    assert language_of("The quality is good", "none of your business") == "en"


@pytest.mark.parametrize(
    ("text", "compound"),
    [  # from the documentation of VADER
        ("VADER is smart, handsome, and funny.", 0.8316),
        ("VADER is smart, handsome, and funny!", 0.8439),
        ("VADER is not smart, handsome, nor funny.", -0.7424),
        ("Today SUX!", -0.5461),
    ],
)
def test_english_has_the_published_figures(text: str, compound: float) -> None:
    assert score_text(text, "en").sentiment == compound
    assert score_text(text, "en").model_version == "VADER 3.3.2"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Sehr schöne Qualität", 1),
        ("Das ist nicht gut.", -1),
        ("Kein guter Service", -1),
        ("Nicht nur gut, sondern wunderbar", 1),
        ("Ich bin nie enttäuscht worden", 1),
        ("Das ist nicht. Gut ist es", 1),
        ("Gut, aber leider kaputt und unfreundlich", -1),
        ("Ein Gutschein für Freunde", 0),
        ("Später kam Herr Müller", 0),
        ("Problemlos bestellt", 1),
        ("Ein Problem mit der Lieferung", -1),
    ],
)
def test_german_knows_negation_and_words_that_only_begin_alike(text: str, sign: int) -> None:
    score = score_text(text, "de")
    assert score.model_version == "own lexicon de 2026-1"
    assert score.sentiment is not None
    assert (score.sentiment > 0) - (score.sentiment < 0) == sign


def test_intensifiers_strengthen() -> None:
    plain, strong, weak = (
        score_text(text, "de").sentiment or 0.0 for text in ("gut", "sehr gut", "recht gut")
    )
    assert plain == 0.4588  # 2 / sqrt(2 * 2 + 15)
    assert weak < plain < strong


def test_chinese_is_scored_in_simplified_characters() -> None:
    traditional = score_text("毛巾很柔軟，質量很好，下次還會買。")
    simplified = score_text("毛巾很柔软，质量很好，下次还会买。")
    assert traditional == simplified
    assert traditional.sentiment is not None
    assert traditional.sentiment > 0.2
    bad = score_text("质量太差，洗了一次就开线了。").sentiment
    assert bad is not None
    assert bad < -0.5
    assert "质量" in traditional.words


def test_what_nobody_can_score_is_unscored_and_not_neutral() -> None:
    for text in ("Très bonne qualité, merci.", "これはとても良い", "😀", "", "Gutschein"):
        score = score_text(text)
        assert (score.sentiment, score.confidence, score.model_version) == (None, None, None)
    nothing_known = score_text("Die Lieferung kam am Montag.")
    assert (nothing_known.sentiment, nothing_known.confidence) == (0.0, 0.0)


def test_words_are_counted_and_characters_where_there_are_no_blanks() -> None:
    assert score_text("Instagram").word_count == 1
    assert score_text("It's fine").words == " it s fine "
    assert score_text("很好").word_count == 2


@pytest.mark.parametrize("language", ["en", "de", "zh", None])
def test_any_text_can_be_scored(language: str | None) -> None:
    dice = random.Random(7)
    letters = "abc äöüß.!,;:'\"\n\t 0123😀质量質好\u200b\ufeff\x00%_*()[]{}\\"
    for _ in range(300):
        text = "".join(dice.choice(letters) for _ in range(dice.randrange(25)))
        score = score_text(text, language)
        assert score == score_text(text, language)
        assert score.sentiment is None or -1 <= score.sentiment <= 1
        assert score.confidence is None or 0 <= score.confidence <= 1


def test_the_fingerprint_is_the_same_twice() -> None:
    assert fingerprint() == fingerprint()
