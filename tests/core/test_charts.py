import re
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from weasyprint import HTML

from core import charts
from core.charts import ink, kinds

SVG = "{http://www.w3.org/2000/svg}"
QUARTERS = ["TW IV 2025", "TW I 2026", "TW II 2026", "TW III 2026"]
LONG = "Pendampingan psikososial dan penguatan keluarga di tempat tinggal peserta"
PARTS = [
    charts.Series("Lebih ringan", charts.Fill.DARK),
    charts.Series("Tetap", charts.Fill.LIGHT),
    charts.Series("Lebih berat", charts.Fill.HATCH),
]


def make_bars(**kwargs):
    mark = charts.Mark("diamond", "#8a6100", "#f5c211")
    rows = [charts.Bar("Satu", 100), charts.Bar(LONG, 50), charts.Bar("Kuning", 25, "25 (12%)", mark)]
    rows.append(charts.Bar("Tertutup", None, "disamarkan"))
    return charts.bars("batang", "Jumlah", rows, head=("Nama", "Jumlah"), **kwargs)


def make_stacked(**kwargs):
    rows = [
        charts.Stack("TW I 2026", [40, 70, 60], "n = 170"),
        charts.Stack("TW II 2026", [1, 150, 1], "n = 152"),
        charts.Stack("TW III 2026", [None, 3, None], "n < 10", "disamarkan"),
    ]
    return charts.stacked("tumpuk", "Perubahan", rows, PARTS, head="Triwulan", **kwargs)


def make_lines(**kwargs):
    series = [charts.Line("Laporan", [0.7, 0.74, None, 0.82]), charts.Line("Kunjungan", [0.9, 0.8, 0.85, 0.86])]
    return charts.lines("garis", "Tepat waktu", QUARTERS, series, head="Triwulan", percent=True, **kwargs)


def make_single_line(**kwargs):
    line = charts.Line("Aktif", [191, None, 204, 1204], ["191", "<5", "204", "1.204"])
    return charts.lines("satu-garis", "Aktif", QUARTERS, [line], head="Triwulan", **kwargs)


def make_multiples(**kwargs):
    panels = [charts.Line(LONG, [3, 4, None, 8]), charts.Line("Dua", [1, 2, 3, 4]), charts.Line("Tiga", [0, 0, 0, 0])]
    return charts.multiples("kecil", "Menurut unit", QUARTERS, panels, head="Unit", **kwargs)


def make_waits(**kwargs):
    rows = [
        charts.Wait("Nanang Suprapto", 7, "lewat 2 hari", "beda dari petunjuk", late=True),
        charts.Wait(LONG, 1, "1 hari"),
    ]
    return charts.waits(
        "jam", "Menunggu", rows, limit=5, limit_label="batas 5 hari kerja", head=("Siapa", "Lama"), **kwargs
    )


KINDS = [make_bars, make_stacked, make_lines, make_single_line, make_multiples, make_waits]
every_kind = pytest.mark.parametrize("make", KINDS)


def elements(drawing):
    return list(ElementTree.fromstring(drawing).iter())


def texts(drawing):
    return [element for element in elements(drawing) if element.tag == f"{SVG}text"]


def words(drawing):
    return ["".join(element.itertext()) for element in texts(drawing)]


@every_kind
def test_a_drawing_has_nothing_that_the_content_security_policy_would_block(make):
    chart = make()
    for drawing in (chart.large, chart.small):
        for element in elements(drawing):
            assert element.tag not in {f"{SVG}style", f"{SVG}script", f"{SVG}foreignObject"}
            assert not {name for name in element.attrib if name in {"style", "class"} or name.startswith("on")}


@every_kind
def test_a_drawing_is_one_image_with_a_title_and_a_description(make):
    chart = make()
    root = ElementTree.fromstring(chart.large)
    by_id = {element.get("id"): element for element in root.iter()}
    title, description = root.get("aria-labelledby").split()
    assert root.get("role") == "img"
    assert by_id[title].text == chart.title
    assert by_id[description].text


@every_kind
def test_both_drawings_may_stand_on_one_page_because_no_id_is_used_twice(make):
    chart = make()
    ids = [element.get("id") for drawing in (chart.large, chart.small) for element in elements(drawing)]
    used = [name for name in ids if name]
    used += [name for item in chart.legend for name in re.findall(r' id="([^"]+)"', item.swatch)]
    assert len(used) == len(set(used))


@every_kind
def test_every_pattern_that_is_painted_with_is_defined_in_the_same_drawing(make):
    chart = make()
    for drawing in (chart.large, chart.small, *(item.swatch for item in chart.legend)):
        defined = set(re.findall(r'<pattern id="([^"]+)"', drawing))
        assert set(re.findall(r"url\(#([^)]+)\)", drawing)) <= defined


@every_kind
def test_no_text_is_smaller_than_14_px_and_the_drawing_says_its_own_size(make):
    chart = make()
    for drawing in (chart.large, chart.small):
        assert min(int(element.get("font-size")) for element in texts(drawing)) >= 14
        root = ElementTree.fromstring(drawing)
        assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"


@every_kind
@pytest.mark.parametrize("width", [360, 480, 640])
def test_no_text_runs_out_of_the_drawing(make, width):
    chart = make(width=width)
    for drawing in (chart.large, chart.small):
        root = ElementTree.fromstring(drawing)
        for element in texts(drawing):
            size = ink.width_of("".join(element.itertext()), int(element.get("font-size")))
            start = (
                float(element.get("x"))
                - size * {"start": 0, "middle": 0.5, "end": 1}[element.get("text-anchor", "start")]
            )
            assert start >= -1, element.attrib
            assert start + size <= float(root.get("width")) + 2, (element.attrib, "".join(element.itertext()))
            assert 0 < float(element.get("y")) <= float(root.get("height")) + 1


@every_kind
def test_a_label_cannot_bring_markup_into_the_drawing(make, monkeypatch):
    chart = charts.bars("x", "<script>", [charts.Bar("<b>&", 1, "</svg>")], head=("a", "b"), description="<i>")
    assert "<script" not in chart.large
    assert "<b>" not in chart.large
    ElementTree.fromstring(chart.large)
    ElementTree.fromstring(make().large)


@every_kind
def test_the_same_figures_give_the_same_bytes(make):
    assert make() == make()


@every_kind
def test_coordinates_have_a_point_whatever_the_language(make):
    with translation.override("id"):
        indonesian = make()
    with translation.override("en"):
        english = make()
    pattern = re.compile(r' (?:x|y|width|height|cx|cy|d|viewBox)="([^"]*)"')
    assert not [value for value in pattern.findall(indonesian.large) if "," in value]
    assert len(pattern.findall(indonesian.large)) == len(pattern.findall(english.large))


@every_kind
def test_the_figures_stand_in_a_table_with_one_cell_for_every_head(make):
    chart = make()
    assert chart.rows
    assert all(len(row) == len(chart.head) for row in chart.rows)


def test_bars_start_at_zero_and_are_as_long_as_their_value():
    drawn = [e for e in elements(make_bars().large) if e.tag == f"{SVG}rect"]
    full, half = float(drawn[0].get("width")), float(drawn[1].get("width"))
    assert drawn[0].get("x") == drawn[1].get("x")
    assert half == pytest.approx(full / 2, abs=0.1)


def test_a_value_that_may_not_be_shown_has_words_and_no_bar():
    chart = make_bars()
    assert len([e for e in elements(chart.large) if e.tag == f"{SVG}rect"]) == 3
    assert "disamarkan" in words(chart.large)
    assert chart.rows[-1] == ("Tertutup", "disamarkan")


def test_a_bar_with_a_mark_is_an_outline_beside_its_shape():
    outlined = [e for e in elements(make_bars().large) if e.get("stroke") == "#8a6100"]
    assert {e.tag for e in outlined} == {f"{SVG}rect", f"{SVG}path"}


def test_the_parts_of_a_stack_carry_their_numbers_or_the_row_lists_them_at_its_end():
    shown = words(make_stacked().large)
    assert {"40", "70", "60"} <= set(shown)
    assert "1 · 150 · 1" in shown
    assert "disamarkan" in shown


def test_a_stack_with_one_hidden_part_draws_none_because_the_rest_would_tell_it():
    only = charts.stacked("x", "x", [charts.Stack("TW I", [2, None, 5], "n = 9", "<5")], PARTS, head="Triwulan")
    assert "2" not in words(only.large)
    assert "<5" in words(only.large)


def test_a_line_is_interrupted_where_a_value_may_not_be_shown():
    paths = [e.get("d") for e in elements(make_single_line().large) if e.get("stroke-width") == "2.5"]
    assert [d.count("M") for d in paths] == [2]
    assert "<5" in words(make_single_line().large)


def test_two_lines_differ_by_dash_and_point_and_not_by_colour_alone():
    drawn = [e for e in elements(make_lines().large) if e.get("stroke-width") == "2.5"]
    assert [e.get("stroke-dasharray") for e in drawn] == [None, "6 4"]
    assert [item.label for item in make_lines().legend] == ["Laporan", "Kunjungan"]


def test_a_late_wait_is_soga_and_the_limit_is_drawn():
    chart = make_waits()
    assert [e.get("fill") for e in elements(chart.large) if e.tag == f"{SVG}rect"] == [
        ink.MORI_100,
        ink.SOGA_600,
        ink.MORI_100,
        ink.NILA_600,
    ]
    assert "batas 5 hari kerja" in words(chart.large)


def test_small_lines_share_one_base_line_in_a_row():
    bases = [
        e.get("d").split("H")[0].split()[1] for e in elements(make_multiples().large) if e.get("stroke") == ink.CONTROL
    ]
    assert bases[0] == bases[1] != bases[2]


@pytest.mark.parametrize(
    ("value", "percent", "indonesian", "english"),
    [
        (1204, False, "1.204", "1,204"),
        (0.5, False, "0,5", "0.5"),
        (12.0, False, "12", "12"),
        (0.874, True, "87,4%", "87.4%"),
        (1, True, "100%", "100%"),
    ],
)
def test_numbers_are_written_in_the_language_of_the_page(value, percent, indonesian, english):
    with translation.override("id"):
        assert charts.number(value, percent=percent) == indonesian
    with translation.override("en"):
        assert charts.number(value, percent=percent) == english


def test_a_number_that_may_not_be_shown_is_its_words():
    assert charts.number(None, "<5") == "<5"


@given(st.floats(min_value=0.001, max_value=10_000_000))
def test_an_axis_ends_at_or_above_its_highest_value_and_below_twice_and_a_half_of_it(top):
    nice = kinds._nice(top)
    assert nice >= top or nice == pytest.approx(top)
    assert nice <= max(1, top * 2.5)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=8))
def test_any_row_of_numbers_can_be_drawn(values):
    labels = [f"TW {place} 2026" for place in range(len(values))]
    chart = charts.lines("x", "x", labels, [charts.Line("a", values)], head="Triwulan")
    ElementTree.fromstring(chart.large)
    ElementTree.fromstring(chart.small)
    bars = charts.bars("x", "x", [charts.Bar(str(v), v) for v in values], head=("a", "b"))
    assert all(float(e.get("width")) >= 0 for e in elements(bars.large) if e.tag == f"{SVG}rect")


@pytest.mark.parametrize("make", [make_bars, make_stacked, make_lines, make_multiples, make_waits])
def test_no_rows_or_only_zeros_still_make_a_drawing(make):
    empty = charts.bars("x", "x", [], head=("a", "b"))
    ElementTree.fromstring(empty.large)
    zeros = charts.stacked("x", "x", [charts.Stack("TW I", [0, 0, 0])], PARTS, head="Triwulan")
    ElementTree.fromstring(zeros.large)
    ElementTree.fromstring(make().small)


def test_the_same_drawing_goes_into_a_pdf_without_a_complaint(caplog):
    drawings = "".join(make().large for make in KINDS)
    pdf = HTML(string=f"<html lang=id><title>x</title><body>{drawings}").write_pdf()
    assert pdf.startswith(b"%PDF")
    assert [record.message for record in caplog.records if record.name == "weasyprint"] == []
