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

NO_FULL_WEEK = Text("The first week is not over yet", "Die erste Woche ist noch nicht vorbei")

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
    "email": "E-Mail",
    "social": "soziale Medien",
    "uncertain": "unsicher",
    "holds": "bestanden",
    "warns": "warnt",
    "broken": "verletzt",
    "price": "Preis",
    "quality": "Qualität",
    "delivery": "Lieferung",
    "packaging": "Verpackung",
    "returns": "Rücksendung",
    "recommendation": "Empfehlung",
    "sources that delivered nothing": "Quellen, die nichts lieferten",
}

# Headings of the tables; in English they are the columns' own names.
GERMAN_COLUMNS = {
    "abandoned_pct": "abgebrochen, %", "asked": "befragt", "asset": "Bereich",
    "awareness_pct": "Bekanntheit, %", "balance_points": "Punktestand", "brand": "Marke",
    "campaign": "Kampagne", "certainty": "Sicherheit", "channel": "Kanal", "checks": "Prüfungen",
    "ci_high": "Intervall bis", "ci_high_pct": "Intervall bis, %",
    "ci_high_points": "Intervall bis, Punkte", "ci_low": "Intervall von",
    "ci_low_pct": "Intervall von, %", "ci_low_points": "Intervall von, Punkte",
    "clicked_of_opened_pct": "geklickt von geöffnet, %", "clicked_pct": "geklickt, %",
    "clicks": "Klicks", "cohort_month": "Kohorte", "column_name": "Spalte", "currency": "Währung",
    "customer_count": "Kunden", "customers": "Kunden",
    "customers_of_visits_pct": "Kunden von Besuchen, %", "cx_level": "Zufriedenheit",
    "delivered": "zugestellt", "difference": "Unterschied",
    "difference_points": "Unterschied, Punkte", "duplicate": "doppelt",
    "engagement_level": "Engagement", "engagement_rate_pct": "Engagement-Rate, %",
    "entity": "Inhalt", "factor": "Faktor", "file": "Datei", "files": "Dateien",
    "first_channel": "erster Kanal", "followers": "Follower", "found": "Befund",
    "fragile": "gefährdet", "fragile_of_repeat_pct": "gefährdet von Stammkunden, %", "high": "bis",
    "high_of_excellent_pct": "hoch bei exzellent, %",
    "high_of_others_pct": "hoch bei den anderen, %", "interactions": "Interaktionen",
    "invited_count": "eingeladen", "is_open": "läuft noch", "is_own_brand": "eigene Marke",
    "kind": "Art", "leads": "Kontakte", "level": "Stufe", "loaded": "geladen", "low": "von",
    "measure": "Maß", "median_days": "Tage, Median", "members": "Mitglieder",
    "mention_count": "Nennungen", "metric": "Kennzahl", "month": "Monat",
    "months_since": "Monate danach", "n": "n", "new_customers": "Neukunden",
    "newest_load": "zuletzt geladen", "opened_all_pct": "geöffnet, alle, %",
    "opened_by_people_pct": "geöffnet von Menschen, %", "ordered_pct": "bestellt, %",
    "orders": "Bestellungen", "outcome": "Ergebnis", "p90_days": "Tage, 90. Perzentil",
    "people": "Menschen", "platform": "Plattform", "post_type": "Art des Beitrags",
    "posts": "Beiträge", "published_date": "veröffentlicht am", "read": "gelesen",
    "reason": "Grund", "rejected": "abgewiesen", "repeat_customer_count": "Stammkunden",
    "response_rate_pct": "Rücklauf, %", "revenue": "Umsatz", "rows_rejected": "abgewiesene Zeilen",
    "score": "Wert", "segment": "Segment", "sentiment": "Stimmung",
    "share_of_customers_pct": "Anteil der Kunden, %",
    "share_of_first_pct": "Anteil der ersten Stufe, %", "share_pct": "Anteil, %",
    "source": "Quelle", "spend": "Ausgaben", "stage": "Stufe", "stage_goal": "Ziel",
    "state": "Zustand", "step": "Schritt", "survey_id": "Umfrage", "texts": "Texte",
    "tier": "Rang", "topic": "Thema", "unsubscribed_pct": "abgemeldet, %", "verdict": "Urteil",
    "visits": "Besuche", "week": "Woche",
}  # fmt: skip
