"""The page's own words, and both languages for words that stand in the data."""

from orchestration.dashboard.words import Text

WORDS = {
    "title": Text("Engagement, stage by stage", "Engagement, Stufe für Stufe"),
    "overview": Text("Overview", "Überblick"),
    "overview_question": Text(
        "One question per stage of the funnel, and three numbers that answer it.",
        "Eine Frage je Stufe des Trichters und drei Zahlen, die sie beantworten.",
    ),
    "skip": Text("To the content", "Zum Inhalt"),
    "theme": Text("Light or dark", "Hell oder dunkel"),
    "period": Text("Period", "Zeitraum"),
    "platform": Text("Platform", "Plattform"),
    "segment": Text("Segment", "Segment"),
    "rows": Text("Rows", "Zeilen"),
    "no_rows": Text("No data yet", "Noch keine Daten"),
    "dictionary": Text("What each table and column means", "Was jede Tabelle und Spalte bedeutet"),
    "exports": Text("CSV and Excel", "CSV und Excel"),
    "footer": Text(
        "Made from the published tables; every chart shows its query. Version",
        "Erstellt aus den veröffentlichten Tabellen; jedes Bild zeigt seine Abfrage. Version",
    ),
}

# What `funnel models` writes beside the page; linked at its foot once it is there.
DOCUMENTS = {
    "models.html": Text("SQL of the models", "SQL der Modelle"),
    "lineage.html": Text("What each column is made of", "Woraus jede Spalte gemacht ist"),
    "tables.svg": Text("How tables are joined", "Wie Tabellen zusammenhängen"),
}

MONTHS = (
    ("January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"),
    ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September",
     "Oktober", "November", "Dezember"),
)  # fmt: skip

# Words of the data that read better otherwise.
ENGLISH = {
    "new_visitors": "new",
    "returning_visitors": "returning",
    "top_of_mind": "top of mind",
    "show_care": "show care",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "snapchat": "Snapchat",
    "tiktok": "TikTok",
    "x": "X",
    "youtube": "YouTube",
}


def named(word: str) -> Text:
    """A word of the data in both languages."""
    english = ENGLISH.get(word, word)
    return Text(english, GERMAN.get(word, english))


FUNNEL_BAR = Text(
    "%{value:,} · %{percentInitial:.0%} of all · %{percentPrevious:.0%} of the one before",
    "%{value:,} · %{percentInitial:.0%} von allen · %{percentPrevious:.0%} der vorigen",
)
GERMAN = {
    "Refreshed": "Aktualisiert",
    FUNNEL_BAR.en: FUNNEL_BAR.de,
    "audience": "Publikum",
    "visitor": "Besucher",
    "engaged visitor": "engagierter Besucher",
    "lead": "Kontakt",
    "customer": "Kunde",
    "prospect": "Interessent",
    "new customer": "Neukunde",
    "repeat customer": "Stammkunde",
    "promoter": "Fürsprecher",
    "low": "niedrig",
    "medium": "mittel",
    "high": "hoch",
    "poor": "schlecht",
    "fair": "mäßig",
    "good": "gut",
    "excellent": "exzellent",
    "new": "neu",
    "returning": "wiederkehrend",
    "resurrecting": "zurückgekehrt",
    "dormant": "inaktiv geworden",
    "new_visitors": "neu",
    "returning_visitors": "wiederkehrend",
    "negative": "negativ",
    "neutral": "neutral",
    "mixed": "gemischt",
    "positive": "positiv",
    "unaided": "ungestützt",
    "aided": "gestützt",
    "top_of_mind": "zuerst genannt",
    "cart": "Warenkorb",
    "checkout": "Kasse",
    "other": "sonstige",
    "direct": "direkt",
    "referral": "Verweis",
    "organic search": "Suche",
    "paid": "bezahlt",
    "unknown": "unbekannt",
    "uncertain": "unsicher",
    "holds": "hält",
    "warns": "warnt",
    "broken": "verletzt",
    "price": "Preis",
    "quality": "Qualität",
    "delivery": "Lieferung",
    "packaging": "Verpackung",
    "returns": "Rücksendung",
    "recommendation": "Empfehlung",
}
