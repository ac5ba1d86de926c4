"""Which instrument and mode fit whom: the table of issue 5, first match wins."""

import datetime as dt

import pytest

from assessments import catalogue
from assessments.enums import Mode
from assessments.population import Facts, NoFitError, certain_age, mode_for, population
from cases.enums import CaseType, LegalStatusKind, ReturnKind

INSTRUMENTS = catalogue.default().instruments
PRK_D, PKA, KRK = INSTRUMENTS["PRK-D"], INSTRUMENTS["PKA"], INSTRUMENTS["KRK"]
L = LegalStatusKind


def adult(case_type=CaseType.PROBATION, legal="", returned=""):
    return Facts(is_child=False, case_type=case_type, legal_status=legal, return_kind=returned)


@pytest.mark.parametrize(
    ("facts", "code", "mode"),
    [
        (adult(CaseType.FAMILY), "anggota_keluarga", Mode.NEEDS_ONLY),
        (adult(CaseType.VICTIM), "korban", Mode.NEEDS_ONLY),
        (adult(CaseType.FAMILY, L.PAROLE, ReturnKind.RETURNED), "anggota_keluarga", Mode.NEEDS_ONLY),
        (adult(CaseType.SOCIAL_CHILD, L.CHILD_VICTIM), "korban", Mode.NEEDS_ONLY),
        (adult(CaseType.SOCIAL_CHILD, L.CHILD_WITNESS, ReturnKind.RETURNED), "saksi", Mode.NEEDS_ONLY),
        (adult(legal=L.CONVICT), "narapidana", Mode.FULL),
        (adult(legal=L.PRISONER), "narapidana", Mode.FULL),
        (adult(legal=L.ASSIMILATION), "klien_bapas", Mode.FULL),
        (adult(legal=L.PAROLE), "klien_bapas", Mode.FULL),
        (adult(legal=L.PRE_RELEASE_LEAVE), "klien_bapas", Mode.FULL),
        (adult(legal=L.CONDITIONAL_LEAVE), "klien_bapas", Mode.FULL),
        (adult(legal=L.FULL_RELEASE), "mantan_napiter", Mode.FULL),
        (adult(legal=L.FORMER_PRISONER), "mantan_napiter", Mode.FULL),
        (adult(CaseType.SOCIAL_ADULT, returned=ReturnKind.DEPORTED), "deportan", Mode.FULL),
        (adult(CaseType.SOCIAL_ADULT, returned=ReturnKind.RETURNED), "returnis", Mode.FULL),
        (adult(CaseType.SOCIAL_ADULT, returned=ReturnKind.REPATRIATED), "returnis", Mode.FULL),
        (adult(CaseType.SOCIAL_ADULT, L.SUSPECT, ReturnKind.DEPORTED), "deportan", Mode.FULL),
        (adult(CaseType.MITRA_DERAD), "terpapar", Mode.FULL),
        (adult(CaseType.MITRA_DERAD, L.PAROLE), "klien_bapas", Mode.FULL),
        (adult(CaseType.MITRA_DERAD, L.DEFENDANT), "terpapar", Mode.FULL),
    ],
)
def test_adults_are_rated_in_the_mode_of_their_population(facts, code, mode):
    assert population(facts) == code
    assert mode_for(PRK_D, facts) == mode


@pytest.mark.parametrize("case_type", [CaseType.PROBATION, CaseType.SOCIAL_ADULT, CaseType.SOCIAL_CHILD])
@pytest.mark.parametrize("legal", ["", L.SUSPECT, L.DEFENDANT, L.NO_CASE, L.CHILD_OFFENDER])
def test_no_match_is_refused_with_the_reason(case_type, legal):
    with pytest.raises(NoFitError) as refusal:
        mode_for(PRK_D, adult(case_type, legal))
    assert "status hukum" in str(refusal.value.reason)


@pytest.mark.parametrize("case_type", list(CaseType))
@pytest.mark.parametrize("legal", ["", *L])
def test_a_child_is_rated_with_the_childrens_instrument_whatever_the_category(case_type, legal):
    facts = Facts(is_child=True, case_type=case_type, legal_status=legal, return_kind=ReturnKind.RETURNED)
    with pytest.raises(NoFitError):
        mode_for(PRK_D, facts)
    assert mode_for(PKA, facts) == Mode.FULL


def test_an_adult_is_not_rated_with_the_childrens_instrument():
    with pytest.raises(NoFitError):
        mode_for(PKA, adult(legal=L.PAROLE))


@pytest.mark.parametrize("is_child", [True, False])
def test_family_and_surroundings_are_looked_at_for_everybody(is_child):
    assert mode_for(KRK, Facts(is_child=is_child, case_type=CaseType.PROBATION)) == Mode.FULL


def test_every_population_code_belongs_to_exactly_one_mode():
    codes = [code for mode in PRK_D.modes for code in mode.legal_statuses]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("born", "precision", "day", "age"),
    [
        (dt.date(2015, 6, 10), "day", dt.date(2025, 6, 9), 9),
        (dt.date(2015, 6, 10), "day", dt.date(2025, 6, 10), 10),
        (dt.date(2008, 2, 29), "day", dt.date(2026, 2, 28), 17),
        (dt.date(2008, 2, 29), "day", dt.date(2026, 3, 1), 18),
        (dt.date(2015, 6, 1), "month", dt.date(2025, 6, 15), None),
        (dt.date(2015, 6, 1), "month", dt.date(2025, 7, 1), 10),
        (dt.date(2015, 12, 1), "month", dt.date(2026, 1, 1), 10),
        (dt.date(2015, 1, 1), "year", dt.date(2025, 6, 15), None),
        (dt.date(2015, 1, 1), "year", dt.date(2025, 12, 31), 10),
        (dt.date(2015, 1, 1), "estimate", dt.date(2025, 6, 15), None),
        (None, "day", dt.date(2025, 6, 15), None),
    ],
)
def test_an_age_counts_only_while_no_other_age_is_possible(born, precision, day, age):
    assert certain_age(born, precision, day) == age
