"""Data quality: what was delivered, what became of it, which rules hold."""

from orchestration.dashboard.chart import Chart, Rows, Section
from orchestration.dashboard.words import Number, Text, say

VERDICTS = ("broken", "warns", "holds")

_LEDGER = """
select source, entity, count(*) as files, sum(rows_read) as read, sum(rows_loaded) as loaded,
       sum(rows_rejected) as rejected, sum(rows_duplicate) as duplicate,
       max(loaded_at) as newest_load
from quality.row_ledger
group by source, entity
order by source, entity"""

_REJECTED = """
select source, entity, file, column_name, reason, rows_rejected
from quality.rejected_rows
order by rows_rejected desc, source, entity, file
limit 50"""

_CHECKS = """
with judged as (
    select case when passed then 'holds' when severity = 'warn' then 'warns' else 'broken' end
               as verdict,
           case when not passed then asset
                when "check" in ('deliveries', 'batch_expectations', 'freshness')
                     and split_part(asset, '/', 1) not in (select source from quality.row_ledger)
                then 'sources that delivered nothing'
                else split_part(asset, '/', 1) end as asset,
           case when passed then '' else "check" || ': ' || observed end as found
    from quality.check_results
)
select verdict, asset, found, count(*) as checks
from judged
group by verdict, asset, found
order by verdict = 'holds', verdict, asset, found"""


def _ledger(rows: Rows) -> Text:
    read = sum(row["read"] or 0 for row in rows)
    kept = sum(row["loaded"] or 0 for row in rows)
    return say(
        "Of {read} rows delivered {kept} were loaded, {rejected} rejected, {repeated}"
        " repeated; none is missing",
        "Von {read} gelieferten Zeilen wurden {kept} geladen, {rejected} abgewiesen, {repeated}"
        " doppelt; keine fehlt",
        read=Number(read),
        kept=Number(kept),
        rejected=Number(sum(row["rejected"] or 0 for row in rows)),
        repeated=Number(sum(row["duplicate"] or 0 for row in rows)),
    )


def _rejected(rows: Rows) -> Text:
    return say(
        "Most rejected rows: {column} in {file}, {reason}",
        "Die meisten abgewiesenen Zeilen: {column} in {file}, {reason}",
        column=rows[0]["column_name"],
        file=rows[0]["file"],
        reason=rows[0]["reason"],
    )


def _checks(rows: Rows) -> Text:
    every = sum(row["checks"] for row in rows)
    broken, warns, _ = (sum(r["checks"] for r in rows if r["verdict"] == v) for v in VERDICTS)
    if not broken + warns:
        return say("All {n} checks hold", "Alle {n} Prüfungen bestanden", n=Number(every))
    return say(
        "Of {n} checks {broken} are broken and {warns} warn",
        "Von {n} Prüfungen sind {broken} verletzt, {warns} warnen",
        broken=Number(broken),
        warns=Number(warns),
        n=Number(every),
    )


QUALITY = Section(
    id="quality",
    title=Text("Data quality", "Datenqualität"),
    question=Text("Can the numbers be trusted?", "Kann man den Zahlen trauen?"),
    charts=(
        Chart(
            "ledger",
            _LEDGER,
            _ledger,
            Text(
                "Read = loaded + rejected + duplicate, for every file.",
                "Gelesen = geladen + abgewiesen + doppelt, für jede Datei.",
            ),
            is_wide=True,
        ),
        Chart(
            "rejected",
            _REJECTED,
            _rejected,
            Text(
                "Rows that could not be read as their contract says, by file, column and reason.",
                "Zeilen, die nicht zu ihrem Vertrag passen, nach Datei, Spalte und Grund.",
            ),
            is_wide=True,
            empty=Text("No row was rejected", "Keine Zeile wurde abgewiesen"),
        ),
        Chart(
            "checks",
            _CHECKS,
            _checks,
            Text(
                "Rules of this refresh and what they found.", "Regeln dieses Laufs und ihr Befund."
            ),
            is_wide=True,
        ),
    ),
)
