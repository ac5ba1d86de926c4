"""The instruments as data: what the project's own say, what a broken one is refused for, and what a hash covers."""

import dataclasses
import json
import shutil

import pytest

from assessments import catalogue
from assessments.catalogue import CatalogueError

CATALOGUE = catalogue.load()
PRK_D, PKA, KRK = CATALOGUE.instruments.values()


@pytest.fixture
def copy(tmp_path):
    """The project's instruments in a folder of their own, to be broken."""
    folder = tmp_path / "instruments"
    shutil.copytree(catalogue.DIRECTORY, folder)
    return folder


def break_it(folder, name, old, new):
    """Replace the first occurrence; return the number of the first line that changed."""
    before = (folder / name).read_text(encoding="utf-8")
    assert old in before, f"{old!r} does not stand in {name}"
    (folder / name).write_text(before.replace(old, new, 1), encoding="utf-8")
    return before[: before.index(old)].count("\n") + 1


def problems_of(folder):
    with pytest.raises(CatalogueError) as refused:
        catalogue.load(folder)
    return refused.value.problems


# --------------------------------------------------------------------------------------------- the project's own


def test_the_three_instruments_are_there_as_drafts_with_their_items():
    assert [(i.code, i.version, i.status, len(i.items)) for i in CATALOGUE.instruments.values()] == [
        ("PRK-D", "1.0.0", "draft", 29),
        ("PKA", "1.0.0", "draft", 20),
        ("KRK", "1.0.0", "draft", 14),
    ]


def test_every_instrument_says_that_it_is_not_validated_and_may_be_shared():
    for instrument in CATALOGUE.instruments.values():
        assert "Belum divalidasi" in instrument.notice.id
        assert "Not scientifically validated" in instrument.notice.en
        assert instrument.licence == "CC-BY-4.0"


def test_the_adult_scale_has_an_anchor_for_every_value_and_the_others_only_at_the_ends():
    assert all(item.anchor(value) for item in PRK_D.items.values() for value in range(4))
    assert PKA.items["A1"].anchor(3).en == "Safe, and the child feels safe."
    assert PKA.items["A1"].anchor(1) is None
    assert PKA.items["A1"].scale.label(1).en == "Needs support"


def test_the_child_instrument_has_no_colour_and_no_word_of_risk():
    colours = {band.code for band in PRK_D.bands} - {"belum_cukup"}
    assert not colours & {band.code for band in PKA.bands}
    assert set(PKA.final_judgement.prohibited_outputs) == {*colours, "tingkat_risiko"}
    shown = [text for band in PKA.bands for text in (band.label, band.meaning)]
    assert not any(word in f"{text.id} {text.en}".lower() for text in shown for word in ("risiko", "risk", "bahaya"))


def test_modes_and_outputs():
    assert PRK_D.default_mode.code == "lengkap"
    assert (PKA.modes, PKA.default_mode, KRK.mode(None)) == ((), None, None)
    assert [domain.code for domain in PRK_D.domains_in("kebutuhan_saja")] == ["D", "E", "F", "G"]
    assert len(PRK_D.items_in("kebutuhan_saja")) == 18
    assert not PRK_D.mode("kebutuhan_saja").has_bands
    assert PRK_D.support_output("kebutuhan_saja").band("tinggi").reassess_after_days == 30
    assert KRK.support_output() is None
    with pytest.raises(KeyError):
        PRK_D.mode("cepat")
    with pytest.raises(KeyError):
        KRK.band("merah")


def test_items_know_their_age_their_scale_and_whether_they_count():
    assert [PKA.items["D1"].applies_at(age) for age in (3, 4, 17, 18, None)] == [False, True, True, False, True]
    assert not PRK_D.items["C1"].counts_for_guidance
    assert not PRK_D.items["C1"].dynamic
    assert PRK_D.items["G1"].scale.code == "protective_0_3"
    assert [KRK.items["B1"].scale.label(value) is None for value in ("yes", "no", "Yes", 1, True)] == [0, 0, 1, 1, 1]


def test_only_values_of_the_very_type_stand_on_a_scale():
    scale = CATALOGUE.scales["concern_0_3"]
    assert [scale.label(value) is None for value in (0, 3, 4, -1, True, False, 1.0, "1", None)] == [0, 0, *[1] * 7]


def test_the_consent_gate_closes_the_items_about_the_community():
    assert (KRK.precondition.item, KRK.precondition.answer) == ("B1", "yes")
    assert KRK.precondition.closes == ("B2", "B3", "B4")


def test_texts_follow_the_language():
    title = KRK.title
    assert title.to("en") == title.to("en-gb") == "Family and Community Reintegration Readiness"
    assert title.to("id") == title.to("") == "Kesiapan Reintegrasi Keluarga dan Masyarakat"


def test_definitions_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        PRK_D.version = "2"
    with pytest.raises(dataclasses.FrozenInstanceError):
        PRK_D.items["A1"].critical = "none"
    PRK_D.definition["instruments"].clear()
    assert PRK_D.definition["instruments"]


# --------------------------------------------------------------------------------------------- hash and definition


@pytest.mark.parametrize("instrument", CATALOGUE.instruments.values(), ids=lambda instrument: instrument.code)
def test_a_definition_is_complete_in_itself_and_survives_json(instrument):
    stored = json.loads(json.dumps(instrument.definition))
    again = catalogue.from_definition(stored)
    assert again.content_hash == instrument.content_hash == catalogue.content_hash(stored)
    for field in dataclasses.fields(instrument):
        assert getattr(again, field.name) == getattr(instrument, field.name), field.name


def test_the_hash_does_not_depend_on_the_order_of_keys():
    """A jsonb column sorts keys its own way."""
    shuffled = json.loads(json.dumps(KRK.definition, sort_keys=True), object_pairs_hook=lambda p: dict(reversed(p)))
    assert list(shuffled) != list(KRK.definition)
    again = catalogue.from_definition(shuffled)
    assert again.content_hash == KRK.content_hash
    assert list(again.items) == list(KRK.items)


def test_the_hash_moves_with_every_word_of_the_instrument_and_of_the_scale_it_uses(copy):
    hashes = {code: instrument.content_hash for code, instrument in CATALOGUE.instruments.items()}
    break_it(copy, "krk.yaml", "Keluarga bersedia menerima peserta.", "Keluarga siap menerima peserta.")
    changed = {code: instrument.content_hash for code, instrument in catalogue.load(copy).instruments.items()}
    assert {code for code in hashes if hashes[code] != changed[code]} == {"KRK"}
    break_it(copy, "catalogue.yaml", "Perhatian ringan", "Perhatian kecil")
    changed = {code: instrument.content_hash for code, instrument in catalogue.load(copy).instruments.items()}
    assert {code for code in hashes if hashes[code] != changed[code]} == {"PRK-D", "KRK"}


def test_a_comment_does_not_move_the_hash(copy):
    break_it(copy, "pka.yaml", "instrument: PKA", "# disusun ulang\ninstrument: PKA")
    assert catalogue.load(copy).instruments["PKA"].content_hash == PKA.content_hash


def test_a_draft_is_parsed_against_the_projects_catalogue():
    text = (catalogue.DIRECTORY / "krk.yaml").read_text(encoding="utf-8").replace('"1.0.0"', '"1.1.0"')
    draft = catalogue.parse(text, "usulan.yaml")
    assert draft.version == "1.1.0"
    assert draft.content_hash != KRK.content_hash
    with pytest.raises(CatalogueError, match=r"^usulan\.yaml:5: version: harus teks"):
        catalogue.parse(text.replace('version: "1.1.0"', "version: 1.1"), "usulan.yaml")


def test_an_instrument_written_out_in_the_catalogue_itself_is_read_too(copy):
    listed = (copy / "catalogue.yaml").read_text(encoding="utf-8").split("\ninstruments:\n")[0]
    inline = "\n".join(f"    {line}" for line in (copy / "krk.yaml").read_text(encoding="utf-8").splitlines()[3:])
    (copy / "catalogue.yaml").write_text(f"{listed}\ninstruments:\n  -{inline[3:]}\n", encoding="utf-8")
    assert catalogue.load(copy).instruments["KRK"].content_hash == KRK.content_hash


def test_a_list_of_values_in_a_selector_means_any_of_them(copy):
    break_it(copy, "krk.yaml", "of: {code: A1}", "of: {code: [A1, A2], critical: none}")
    assert "critical: 'none' tidak dikenal" in str(problems_of(copy)[0])
    break_it(copy, "krk.yaml", "of: {code: [A1, A2], critical: none}", "of: {code: [A1, A2], group: readiness}")
    selector = catalogue.load(copy).instruments["KRK"].bands[0].when[1][0].of
    assert [code for code, item in KRK.items.items() if selector.selects(item)] == ["A1", "A2"]


# --------------------------------------------------------------------------------------------- broken ones

CARE = '- [{metric: count_at_most, rating: 0, of: {critical: care}, op: ">=", value: 1}]'
BROKEN = [
    # file, what stands there, what is written instead, path named, reason named
    ("krk.yaml", "requires_training: false", "requires_training: nanti", "requires_training", "harus ya/tidak"),
    ("krk.yaml", "min_sources: 2", 'min_sources: "2"', "min_sources", "harus bilangan bulat, bukan teks"),
    ("krk.yaml", "min_sources: 2", "min_sources: -1", "min_sources", "-1 lebih kecil dari 0"),
    ("krk.yaml", "min_sources: 2", "min_source: 2", "min_source", "kunci tidak dikenal"),
    ("krk.yaml", "status: draft", "status: disahkan", "status", "'disahkan' tidak dikenal"),
    ("krk.yaml", "scale: readiness_0_3", "scale: readiness_0_4", "scale", "'readiness_0_4' tidak dikenal"),
    ("krk.yaml", 'answer: "yes"', "answer: yes", "precondition.answer", "True bukan nilai skala"),
    ("krk.yaml", "closes: [B2, B3, B4]", "closes: [B2, B9]", "precondition.closes[1]", "'B9' tidak dikenal"),
    ("krk.yaml", "group: gate", "group: gerbang", "domains[1].items[0].group", "'gerbang' tidak dikenal"),
    ("krk.yaml", "critical: care", "critical: cares", "domains[0].items[2].critical", "'cares' tidak dikenal"),
    ("krk.yaml", "- code: A2", "- code: A1", "domains[0].items[1].code", "'A1' sudah ada di domain A"),
    (
        "krk.yaml",
        '"3": {id: "Menerima',
        '"4": {id: "Menerima',
        "domains[0].items[0].anchors.4",
        "'4' bukan nilai skala",
    ),
    ("krk.yaml", '"3": {id: "Menerima', '3: {id: "Menerima', "domains[0].items[0].anchors", "kunci 3 harus teks"),
    ("krk.yaml", "suggests: [DUKKEL, KONSELING]", "suggests: [DUKEL]", "domains[0].items[0].suggests[0]", "'DUKEL'"),
    ("krk.yaml", 'en: "Family"', 'en: ""', "domains[0].title.en", "teks tidak boleh kosong"),
    (
        "krk.yaml",
        '{id: "Keluarga", en: "Family"}',
        '{id: "Keluarga"}',
        "domains[0].title",
        "kunci wajib 'en' tidak ada",
    ),
    ("krk.yaml", CARE, CARE.replace("count_at_most", "sum"), "bands[0].when[0][0].metric", "'sum' tidak dikenal"),
    ("krk.yaml", CARE, CARE.replace('">="', '"!="'), "bands[0].when[0][0].op", "'!=' tidak dikenal"),
    ("krk.yaml", CARE, CARE.replace("rating: 0, ", ""), "bands[0].when[0][0]", "memerlukan rating"),
    ("krk.yaml", CARE, CARE.replace("rating: 0", "rating: 4"), "bands[0].when[0][0].rating", "4 bukan nilai skala"),
    ("krk.yaml", CARE, CARE.replace("value: 1", "value: 0.5"), "bands[0].when[0][0].value", "harus bilangan bulat"),
    ("krk.yaml", CARE, CARE.replace("{critical: care}", "{}"), "bands[0].when[0][0].of", "pilih butir dengan"),
    (
        "krk.yaml",
        CARE,
        CARE.replace("{critical: care}", "{critical: []}"),
        "bands[0].when[0][0].of.critical",
        "kosong",
    ),
    (
        "krk.yaml",
        CARE,
        CARE.replace("{critical: care}", "{critical: care, code: A1}"),
        "bands[0].when[0][0].of",
        "tidak memilih butir apa pun",
    ),
    (
        "krk.yaml",
        'rating: "yes", of: {code: B1}',
        "rating: 1, of: {code: B1}",
        "bands[2].when[2][0].rating",
        "1 bukan",
    ),
    (
        "krk.yaml",
        'rating: "yes", of: {code: B1}',
        'rating: "yes", of: {code: A1}',
        "bands[2].when[2][0].rating",
        "choice",
    ),
    ("krk.yaml", "value: 0.4}", "value: 40}", "bands[1].when[1][0].value", "40 bukan bagian antara 0 dan 1"),
    ("krk.yaml", "value: 0.4}", "value: .nan}", "bands[1].when[1][0].value", "bukan bilangan"),
    ("krk.yaml", "when: default", "when: []", "bands[3].when", "daftar syarat kosong"),
    ("krk.yaml", "when: default", f"when:\n      {CARE}", "bands[3].when", "hasil terakhir harus"),
    ("krk.yaml", "code: siap_dengan_dukungan", "code: belum_siap", "bands[2]", "'belum_siap' sudah dipakai"),
    ("krk.yaml", "options: [belum_siap,", "options: [belum,", "final_judgement.options[0]", "'belum' tidak dikenal"),
    ("krk.yaml", "rating_at_most: 0}", "rating_at_most: 9}", "urgent_actions[0].when.rating_at_most", "9 bukan nilai"),
    ("krk.yaml", "rating_at_most: 0}", "critical: care}", "urgent_actions[0].when.critical", "kunci ditulis dua kali"),
    ("krk.yaml", "critical: care, rating_at_most: 0}", "critical: care}", "urgent_actions[0].when", "tepat satu dari"),
    ("krk.yaml", "age_min: 0", "age_min: 2026-01-01", "population.age_min", "terbaca sebagai date"),
    ("krk.yaml", "age_max: null", "age_max: !!python/object:os.system {}", "population.age_max", "tidak dikenal"),
    ("pka.yaml", "age: {min: 0, max: 17}", "age: {min: 17, max: 0}", "domains[0].items[0].age.max", "lebih kecil"),
    ("pka.yaml", "code: dukungan_rutin", "code: hijau", "final_judgement.prohibited_outputs", "'hijau' ada di antara"),
    ("prk-d.yaml", "domains: [D, E, F, G]", "domains: [D, H]", "modes.kebutuhan_saja.domains[1]", "'H' tidak dikenal"),
    ("prk-d.yaml", "domains: [A, B, C, D,", "domains: [A, B, C,", "modes", "harus meliputi semua domain"),
    ("prk-d.yaml", "outputs: [kebutuhan_dukungan]", "outputs: []", "modes.kebutuhan_saja.outputs", "tanpa hasil"),
    ("prk-d.yaml", "- code: kebutuhan_dukungan", "- code: bands", "secondary_outputs[0].code", "hasil utama"),
    ("prk-d.yaml", "when: default", "when: default\n    catatan: x", "bands[3].catatan", "kunci tidak dikenal"),
    ("prk-d.yaml", "instrument: PRK-D", "instrument: PKA", None, "instrumen 'PKA' sudah ada"),
    ("catalogue.yaml", "catalogue/1", "catalogue/2", "schema", "skema 'instrument-catalogue/2' tidak dikenal"),
    ("catalogue.yaml", "{code: unknown,", "{code: entah,", "non_ratings", "harus tepat"),
    ("catalogue.yaml", "[rendah, sedang, tinggi]", "[sedang, tinggi]", "per_item_record.confidence", "harus ada"),
    ("catalogue.yaml", "type: ordinal", "type: interval", "scales.concern_0_3.type", "'interval' tidak dikenal"),
    (
        "catalogue.yaml",
        "needs_evidence: [2, 3]",
        "needs_evidence: [5]",
        "scales.concern_0_3.needs_evidence[0]",
        "5 bukan",
    ),
    ("catalogue.yaml", '{value: "yes"', "{value: yes", "scales.yes_no_unknown.values[0].value", "beri tanda kutip"),
    (
        "catalogue.yaml",
        '{value: "yes"',
        "{value: unknown",
        "scales.yes_no_unknown.values[0].value",
        "bukan nilai skala",
    ),
    ("catalogue.yaml", "code: ASUH", "code: HIDUP", "interventions[1]", "'HIDUP' sudah dipakai"),
    ("catalogue.yaml", "  - krk.yaml", "  - ../krk.yaml", "instruments[2]", "bukan nama berkas"),
    ("catalogue.yaml", "  - krk.yaml", "  - kpk.yaml", "instruments[2]", "kpk.yaml tidak dapat dibaca"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "path", "reason"), BROKEN, ids=[f"{row[3]}: {row[4]}" for row in BROKEN]
)
def test_a_broken_instrument_is_refused_with_its_file_line_path_and_reason(copy, file, old, new, path, reason):
    line = break_it(copy, file, old, new)
    problem = problems_of(copy)[0]
    assert reason in problem.message, problem
    if path is not None:
        assert (problem.file, problem.path) == (file, path), problem
        assert str(problem).startswith(f"{file}:{problem.line}: {path}: ")
        if new.startswith(path.split(".")[-1].split("[")[0]):
            assert problem.line == line


def test_all_faults_of_a_list_are_reported_together(copy):
    break_it(copy, "krk.yaml", "suggests: [DUKKEL, KONSELING]", "suggests: [DUKEL, KONSULING]")
    break_it(copy, "krk.yaml", "suggests: [DUKKEL]", "suggests: [BANSAS]")
    assert [problem.path for problem in problems_of(copy)] == [
        "domains[0].items[0].suggests[0]",
        "domains[0].items[0].suggests[1]",
        "domains[0].items[1].suggests[0]",
    ]


def test_a_default_that_hides_later_bands_is_refused(copy):
    text = (copy / "krk.yaml").read_text(encoding="utf-8")
    start, end = (
        text.index("    when:\n", text.index("code: belum_cukup")),
        text.index("  - code: siap_dengan_dukungan"),
    )
    (copy / "krk.yaml").write_text(text[:start] + "    when: default\n" + text[end:], encoding="utf-8")
    assert "tidak pernah tercapai" in problems_of(copy)[0].message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "berkas kosong"),
        ("# hanya catatan\n", "berkas kosong"),
        ("- a\n- b\n", "harus pemetaan, bukan daftar"),
        ("kata", "harus pemetaan, bukan teks"),
        ("null", "harus pemetaan, bukan kosong"),
        ("instrument: [", "bukan YAML yang sah"),
        ("instrument: PKA\n\tversion: 1", "bukan YAML yang sah"),
        ("a: &x 1\nb: *x\n", "rujukan YAML"),
        ("a: &x [*x]\n", "rujukan YAML"),
        ("? [a, b]\n: 1\n", "kunci harus teks"),
        ("a: !rahasia x\n", "tidak dapat dibaca"),
        ("a: !!binary /w==\n", "terbaca sebagai bytes"),
        ("a: !!set {x}\n", "tidak dikenal"),
        (f"a: {'9' * 5000}\n", "tidak dapat dibaca"),
        ("a: .inf\n", "bukan bilangan"),
        ("[" * 5000, "terlalu dalam"),
        ("a: \x00", "bukan YAML yang sah"),
        ("a: 1\n---\nb: 2\n", "bukan YAML yang sah"),
    ],
)
def test_text_that_is_no_instrument_is_refused_in_words(text, reason):
    with pytest.raises(CatalogueError) as refused:
        catalogue.parse(text, "usulan.yaml")
    assert reason in str(refused.value)
    assert str(refused.value).startswith("usulan.yaml")


def test_the_line_is_that_of_the_value_not_of_the_beginning(copy):
    line = break_it(copy, "prk-d.yaml", "group: protective\n", "group: pelindung\n")
    assert str(problems_of(copy)[0]) == (
        f"prk-d.yaml:{line}: domains[6].items[0].group: 'pelindung' tidak dikenal; pilihannya: "
        "core, gate, history, need, protective, readiness, safeguarding"
    )


def test_a_missing_folder_and_a_file_that_is_no_text_are_named(tmp_path, copy):
    with pytest.raises(CatalogueError, match=r"^catalogue\.yaml: catalogue\.yaml tidak dapat dibaca"):
        catalogue.load(tmp_path / "tidak-ada")
    (copy / "pka.yaml").write_bytes(b"\xff\xfe\x00")
    assert "pka.yaml tidak dapat dibaca: bukan UTF-8" in str(problems_of(copy)[0])


def test_a_definition_from_the_database_is_checked_like_a_file():
    definition = KRK.definition
    definition["instruments"][0]["bands"][0]["when"][0][0]["rating"] = 7
    with pytest.raises(CatalogueError, match=r"^KRK 1: instruments\[0\]\.bands\[0\]\.when\[0\]\[0\]\.rating: 7 bukan"):
        catalogue.from_definition(definition, "KRK 1")
    with pytest.raises(CatalogueError, match="tepat satu instrumen"):
        catalogue.from_definition({**KRK.definition, "instruments": []})
