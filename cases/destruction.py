"""Which rows belong to a case, and the one function of the database that destroys them (docs/decisions/0012).

Nothing here names a table of a higher app: what hangs on a case is read from the foreign keys of all models when the
functions are installed, so a model that comes later is destroyed with its case, histories and stored files included.
``titian_destroy`` belongs to the owner of the tables and looks by itself whether it may: the application's role may
call it, and may not delete those rows otherwise (``rights``).

What becomes of the rest: requests for rights, answered complaints and links to breaches about the case are deleted
with it, because they repeat the person's name and words; the incident, its count and the access journal (codes
alone) stay. A declared tie stays while the person has another case, and then names that one. Frozen figures of
reports hang on no case and stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models
from django.db.models import Field, FileField, Model

from cases.enums import CaseStatus
from cases.enums import breaches as breach_enums
from cases.enums import complaints as complaint_enums
from cases.enums import rights as rights_enums
from cases.enums.merging import PairStatus
from cases.enums.protection import UnsealStatus
from cases.enums.retention import KeptBy, ListStatus
from cases.models import CaseFile, DestructionItem, Household, Participant

# Rows that tell of a case and outlive it, with the reason. Their column must be nullable: it is emptied.
OUTLIVES: dict[type[Model], str] = {DestructionItem: "the record of the destruction: code, type, dates and counts"}
# A family goes with the last of its members who had a file: nobody is left through whom it could be seen.
_LAST_OF_FAMILY = """
    SELECT m.household_id FROM cases_householdmember m
    JOIN cases_casefile c ON c.participant_id = m.participant_id
    WHERE c.id = $file
      AND NOT EXISTS (SELECT FROM cases_casefile o WHERE o.participant_id = c.participant_id AND o.id <> c.id)
      AND NOT EXISTS (
        SELECT FROM cases_householdmember n
        WHERE n.household_id = m.household_id AND n.participant_id <> c.participant_id
      )
"""
# Statements for what names a case otherwise than by a foreign key; ``$file`` is its key. Higher apps add theirs.
BESIDES: list[str] = [
    f"DELETE FROM cases_householdevent WHERE id IN ({_LAST_OF_FAMILY});",
    f"DELETE FROM cases_householdmemberevent WHERE household_id IN ({_LAST_OF_FAMILY});",
    f"DELETE FROM cases_household WHERE id IN ({_LAST_OF_FAMILY});",
    f"DELETE FROM cases_householdmember WHERE household_id IN ({_LAST_OF_FAMILY});",
]
# The rows that were merged into the person, and into those: they have no case by which to be destroyed.
_WITH_DUPLICATES = f"""
    WITH RECURSIVE one(id) AS (
        SELECT this_person
        UNION SELECT p.duplicate_id FROM cases_personpair p JOIN one ON p.kept_id = one.id
        WHERE p.status = '{PairStatus.MERGED}'
    ) SELECT id FROM one
"""
# Tables that those statements delete from and no foreign key leads to.
GO_BESIDE: list[type[Model]] = [Household]
# Columns that may be empty, and take their row along where they are not: filled by higher apps, like BESIDES.
TAKES_ALONG: list[Field[Any, Any]] = []


@dataclass
class Holding:
    """One table whose rows belong to a case or a person, and the columns by which they do."""

    model: type[Model]
    routes: list[tuple[Field[Any, Any], type[Model]]] = field(default_factory=list)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def key(self) -> str:
        return str(self.model._meta.pk.column)  # type: ignore[union-attr]

    @property
    def history(self) -> type[Model] | None:
        return getattr(self.model, "pgh_event_model", None)

    @property
    def files(self) -> list[str]:
        return [field.column for field in self.model._meta.concrete_fields if isinstance(field, FileField)]


def _models() -> list[type[Model]]:
    """Every table but those of histories, which follow what they are of."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if model._meta.managed and not hasattr(model, "pgh_tracked_model")]


def _links(model: type[Model]) -> Iterator[tuple[Field[Any, Any], type[Model]]]:
    for column in model._meta.concrete_fields:
        if column.is_relation and isinstance(column.related_model, type):
            yield column, column.related_model


def _closure(root: type[Model], without: set[type[Model]]) -> list[Holding]:
    """Tables whose rows cannot be without ``root``, parents first: by a foreign key that is never empty, by any that
    points to ``root`` itself, or by one of TAKES_ALONG.
    """
    held = {root: Holding(root)}
    found = True
    while found:
        found = False
        for model in _models():
            if model in held or model in without:
                continue
            if any(parent in held and _binds(column, parent is root) for column, parent in _links(model)):
                held[model], found = Holding(model), True
    for model, holding in held.items():
        holding.routes = [
            (column, parent)
            for column, parent in _links(model)
            if parent in held and parent is not model and _binds(column, parent is root)
        ]
    return list(_parents_first(held))


def _binds(column: Field[Any, Any], to_root: bool) -> bool:
    return not column.null or to_root or column in TAKES_ALONG


def _parents_first(held: dict[type[Model], Holding]) -> Iterator[Holding]:
    done: set[type[Model]] = set()
    while len(done) < len(held):
        ready = [
            holding
            for model, holding in held.items()
            if model not in done and all(parent in done for _column, parent in holding.routes)
        ]
        if not ready:
            raise ValueError(f"tables that belong to each other in a circle: {sorted(str(m) for m in held)}")
        yield from ready
        done |= {holding.model for holding in ready}


def of_both() -> set[type[Model]]:
    """Tables that hang on a person and, as where it was said, on a case: they go with the person."""
    both = set()
    for model in _models():
        targets = {parent for column, parent in _links(model) if not column.null}
        if {CaseFile, Participant} <= targets:
            both.add(model)
    return both


def of_case() -> list[Holding]:
    return _closure(CaseFile, {*OUTLIVES, *of_both()})


def of_person() -> list[Holding]:
    """What is left when the last case is gone: the person, and what hangs on nothing but the person."""
    return _closure(Participant, {*OUTLIVES, CaseFile, *(holding.model for holding in of_case())})


def unexplained() -> list[str]:
    """Columns that point to a destroyed row from one that stays: each would stop the destruction, so none may be."""
    gone = {holding.model for holding in (*of_case(), *of_person())}
    return [
        f"{model._meta.label}.{column.name}"
        for model in _models()
        if model not in gone and model not in OUTLIVES
        for column, parent in _links(model)
        if parent in gone
    ]


# ---- SQL -----------------------------------------------------------------------------------------------------------


def _now(holding: Holding) -> str:
    return f"now_{holding.table}"


def _ever(holding: Holding) -> str:
    """Keys of its rows, those that are gone already included: their history is not."""
    return f"ever_{holding.table}"


def _columns_of(model: type[Model]) -> set[str]:
    return {column.column for column in model._meta.concrete_fields}


def _gather(holding: Holding) -> str:
    if not holding.routes:
        return ""
    routes = [(column.column, parent._meta.db_table) for column, parent in holding.routes]
    here = " OR ".join(f"{column} = ANY (now_{parent})" for column, parent in routes)
    statement = f"{_now(holding)} := ARRAY(SELECT {holding.key} FROM {holding.table} WHERE {here});\n"
    past = ""
    if holding.history is not None and (kept := _past_routes(holding)):
        past = f"""
            UNION SELECT pgh_obj_id FROM {holding.history._meta.db_table} e
            WHERE ({kept}) AND NOT EXISTS (SELECT FROM {holding.table} t WHERE t.{holding.key} = e.pgh_obj_id)"""
    return f"{statement}{_ever(holding)} := ARRAY(SELECT unnest({_now(holding)}){past});\n"


def _past_routes(holding: Holding) -> str:
    """Condition on a history's row: it hung on one of ours when it was written."""
    columns = _columns_of(holding.history) if holding.history is not None else set()
    return " OR ".join(
        f"{column.column} = ANY (ever_{parent._meta.db_table})"
        for column, parent in holding.routes
        if column.column in columns
    )


def _delete(holding: Holding) -> str:
    statements = [
        f"""all_files := all_files || ARRAY(
            SELECT {column} FROM {holding.table} WHERE {holding.key} = ANY ({_now(holding)}) AND {column} <> '');"""
        for column in holding.files
    ]
    statements.append(_counted(holding.table, f"{holding.key} = ANY ({_now(holding)})"))
    if holding.history is not None:
        past = " OR ".join(filter(None, (f"pgh_obj_id = ANY ({_ever(holding)})", _past_routes(holding))))
        statements.append(_counted(holding.history._meta.db_table, past))
    return "\n".join(statements)


def _counted(table: str, condition: str) -> str:
    return f"""
    DELETE FROM {table} WHERE {condition};
    GET DIAGNOSTICS gone_now = ROW_COUNT;
    IF gone_now > 0 THEN all_counts := all_counts || jsonb_build_object('{table}', gone_now); END IF;"""


def _moved() -> str:
    """What goes with the person names another case of the same person while there is one."""
    statements = []
    for model in sorted(of_both(), key=lambda found: found._meta.db_table):
        history = getattr(model, "pgh_event_model", None)
        tables = [model._meta.db_table, *([history._meta.db_table] if history else [])]
        columns = [column.column for column, parent in _links(model) if parent is CaseFile]
        statements += [
            f"UPDATE {table} SET {column} = other_case WHERE {column} = this_case;"
            for table in tables
            for column in columns
        ]
    return "\n".join(statements)


def _emptied() -> str:
    return "\n".join(
        f"UPDATE {model._meta.db_table} SET {column.column} = NULL WHERE {column.column} = this_case;"
        for model in OUTLIVES
        for column, parent in _links(model)
        if parent is CaseFile and model is not DestructionItem
    )


def _ignored() -> str:
    """Names of the triggers that keep histories from being deleted, and that would write one of the deletion."""
    holdings = [*of_case(), *of_person(), *(Holding(model) for model in GO_BESIDE)]
    models = {model for holding in holdings for model in (holding.model, holding.history)}
    names = {trigger.get_pgid(model) for model, trigger in pgtrigger.registered() if model in models}
    return "{" + ",".join(sorted(names)) + "}"


def _in(words: Any) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


RUNS_OUT = """
CREATE OR REPLACE FUNCTION titian_runs_out(file bigint) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT (greatest((c.closed_at AT TIME ZONE 'Asia/Jakarta')::date, c.aftercare_until)
            + make_interval(years => r.years))::date
    FROM cases_casefile c
    JOIN accounts_agency a ON a.id = c.lead_agency_id
    JOIN cases_retentionrule r ON r.agency_kind = a.kind AND r.case_type = c.case_type AND r.is_active
    WHERE c.id = file AND c.closed_at IS NOT NULL
$$
"""
KEPT_BY = f"""
CREATE OR REPLACE FUNCTION titian_kept_by(file bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE
    state text := (SELECT status FROM cases_casefile WHERE id = file);
    ends date := titian_runs_out(file);
BEGIN
    RETURN CASE
        WHEN state IS NULL THEN '{KeptBy.MISSING}'
        WHEN state <> '{CaseStatus.CLOSED}' THEN '{KeptBy.OPEN}'
        WHEN EXISTS (SELECT FROM cases_legalhold WHERE case_id = file AND lifted_at IS NULL) THEN '{KeptBy.HOLD}'
        WHEN ends IS NULL THEN '{KeptBy.NO_RULE}'
        WHEN ends > (now() AT TIME ZONE 'Asia/Jakarta')::date THEN '{KeptBy.TIME}'
        WHEN EXISTS (
            SELECT FROM cases_rightsrequest WHERE case_id = file AND status IN ({_in(rights_enums.WAITING)})
        ) THEN '{KeptBy.RIGHTS}'
        WHEN EXISTS (
            SELECT FROM cases_complaint WHERE case_id = file AND status IN ({_in(complaint_enums.WAITING)})
        ) THEN '{KeptBy.COMPLAINT}'
        WHEN EXISTS (
            SELECT FROM cases_breachcase b JOIN cases_breachincident i ON i.id = b.incident_id
            WHERE b.case_id = file AND i.status IN ({_in(breach_enums.OPEN)})
        ) THEN '{KeptBy.BREACH}'
        WHEN EXISTS (
            SELECT FROM cases_unsealrequest WHERE case_id = file AND (
                status = '{UnsealStatus.REQUESTED}' OR status = '{UnsealStatus.APPROVED}' AND until > now()
            )
        ) THEN '{KeptBy.UNSEALING}'
        ELSE ''
    END;
END $$
"""


def _destroy() -> str:
    case, person = of_case(), of_person()
    arrays = "".join(
        f"    {name} bigint[] := '{{}}';\n" for holding in (*case, *person) for name in (_now(holding), _ever(holding))
    )
    return f"""
CREATE OR REPLACE FUNCTION titian_destroy(entry bigint) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    signed record;
    item record;
    this_case bigint;
    this_person bigint;
    other_case bigint;
    why_kept text;
    gone_now bigint;
    all_counts jsonb := '{{}}';
    all_files text[] := '{{}}';
    former_ignore text := coalesce(current_setting('pgtrigger.ignore', true), '{{}}');
{arrays}BEGIN
    SELECT l.* INTO signed FROM cases_destructionlist l
        WHERE l.id = (SELECT of_list_id FROM cases_destructionitem WHERE id = entry) FOR UPDATE;
    IF NOT FOUND OR signed.status <> '{ListStatus.APPROVED}'
            OR signed.head_signed_by_id IS NULL OR signed.dpo_signed_by_id IS NULL
            OR signed.head_signed_by_id = signed.dpo_signed_by_id
            OR signed.made_by_id IN (signed.head_signed_by_id, signed.dpo_signed_by_id) THEN
        RAISE EXCEPTION 'the destruction list lacks its two signatures' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT * INTO item FROM cases_destructionitem WHERE id = entry FOR UPDATE;
    IF item.taken_off_at IS NOT NULL OR item.destroyed_at IS NOT NULL OR item.case_id IS NULL THEN
        RAISE EXCEPTION 'not on the list any more' USING ERRCODE = 'insufficient_privilege';
    END IF;
    this_case := item.case_id;
    -- From here on nobody places a hold, asks a right or reopens it: each of them needs this row.
    SELECT participant_id INTO this_person FROM cases_casefile
        WHERE id = this_case AND lead_agency_id = signed.agency_id AND code = item.case_code FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not a file of the agency that signed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    why_kept := titian_kept_by(this_case);
    IF why_kept <> '' THEN
        RAISE EXCEPTION 'kept: %', why_kept USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM cases_participant WHERE id = this_person FOR UPDATE;
    SELECT id INTO other_case FROM cases_casefile
        WHERE participant_id = this_person AND id <> this_case ORDER BY id LIMIT 1;
    PERFORM set_config('pgtrigger.ignore', '{_ignored()}', true);

    UPDATE cases_destructionitem SET case_id = NULL WHERE case_id = this_case;
    {_emptied()}
    {" ".join(BESIDES).replace("$file", "this_case")}
    now_cases_casefile := ARRAY[this_case];
    ever_cases_casefile := ARRAY[this_case];
    {"".join(_gather(holding) for holding in case)}
    IF other_case IS NOT NULL THEN
        {_moved() or "NULL;"}
    ELSE
        now_cases_participant := ARRAY({_WITH_DUPLICATES});
        ever_cases_participant := now_cases_participant;
        {"".join(_gather(holding) for holding in person)}
        {"".join(_delete(holding) for holding in reversed(person) if holding.model is not Participant)}
    END IF;
    {"".join(_delete(holding) for holding in reversed(case))}
    IF other_case IS NULL THEN
        {"".join(_delete(holding) for holding in person if holding.model is Participant)}
    END IF;
    UPDATE cases_destructionitem SET destroyed_at = now(), rows = all_counts, files = all_files
        WHERE id = entry;
    SET CONSTRAINTS ALL IMMEDIATE;  -- a row that still points here stops it now, while it can be told why
    SET CONSTRAINTS ALL DEFERRED;
    PERFORM set_config('pgtrigger.ignore', former_ignore, true);
    RETURN all_counts;
END $$
"""


def functions() -> Iterator[str]:
    """In the order of their use, read when they are installed: every model stands by then."""
    if left := unexplained():
        raise ValueError(f"what becomes of these when a case is destroyed? {left}")
    yield RUNS_OUT
    yield KEPT_BY
    yield _destroy()


def kept_tables() -> set[str]:
    """Tables from which the application deletes nothing: the case, the person, what protects them, every history."""
    tables = {CaseFile._meta.db_table, Participant._meta.db_table}
    for holding in (*of_case(), *of_person()):
        if holding.history is not None:
            tables.add(holding.history._meta.db_table)
        if any(column.remote_field.on_delete is models.PROTECT for column, _parent in holding.routes):
            tables.add(holding.table)
    return tables


def rights() -> str:
    return f"REVOKE DELETE ON {', '.join(sorted(kept_tables()))} FROM titian_app"
