"""The rule engine's outside door: what it prints, what it refuses, and that the project's YAML is all it needs."""

import io
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from assessments.management.commands.evaluate_guidance import Command
from tests.assessments.answers import INSTRUMENTS, calm, random_case
from tests.assessments.naive_guidance import naive_guidance, plain_instruments

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Write a file, run the command on it where it lies, and return what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(code, content, *options):
        written = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / "ratings.json").write_bytes(written)
        printed = io.StringIO()
        call_command(Command(stdout=printed), code, "--ratings", "ratings.json", *options)
        return json.loads(printed.getvalue())

    return run


@pytest.fixture
def refused(run):
    """Run the command on what it must refuse, and return the message."""

    def refused(code, content, *options):
        with pytest.raises(CommandError) as error:
            run(code, content, *options)
        assert error.value.returncode == 2
        return str(error.value)

    return refused


def test_one_object_gives_one_object_with_exactly_four_keys(run):
    assert run("PRK-D", calm(A1=3, B2={"value": 3, "confidence": "rendah"})) == {
        "band": "merah",
        "fired": ["A1", "B2"],
        "provisional": True,
        "support_level": "rendah",
    }


def test_a_list_gives_a_list_in_the_same_order(run):
    cases = [calm(), {}, calm(A4=3)]
    assert [result["band"] for result in run("PRK-D", cases)] == ["hijau", "belum_cukup", "merah"]
    assert run("PKA", []) == []
    assert [result["fired"] for result in run("PKA", [{}])] == [["A1", "A2", "A3"]]


def test_the_mode_defaults_to_lengkap_and_without_bands_only_the_support_level_is_given(run):
    case = calm(A4=3, D4=2)
    assert run("PRK-D", case, "--mode", "lengkap") == run("PRK-D", case)
    assert run("PRK-D", case, "--mode", "kebutuhan_saja") == {
        "band": None,
        "fired": [],
        "provisional": False,
        "support_level": "tinggi",
    }


def test_instruments_without_a_support_level_give_null(run):
    assert run("KRK", {"A1": 0})["support_level"] is None
    assert run("PKA", {"A1": 0})["support_level"] is None


def test_unknown_left_out_and_not_applicable_are_taken_with_or_without_confidence(run):
    assert run("KRK", {"A3": "unknown", "D1": 3}) == run("KRK", {"D1": {"value": 3}})
    low = {"A3": {"value": "unknown", "confidence": "rendah"}, "D1": 3}
    assert run("KRK", low) == {"band": "belum_cukup", "fired": ["A3"], "provisional": True, "support_level": None}
    assert run("PRK-D", dict.fromkeys(INSTRUMENTS["PRK-D"].items, "not_applicable"))["band"] == "hijau"


def test_what_a_form_would_refuse_is_still_evaluated(run):
    # A critical item not applicable, no evidence, no consent and yet rated: rules, not completeness.
    assert run("PRK-D", calm(A4="not_applicable"))["band"] == "hijau"
    assert run("KRK", {"B1": "no", "B2": 0})["band"] == "belum_cukup"


def test_a_byte_order_mark_does_no_harm(run):
    assert run("KRK", b"\xef\xbb\xbf" + json.dumps({"A1": 0}).encode())["fired"] == ["A1"]


@pytest.mark.parametrize(
    ("code", "mode"), [("PRK-D", "lengkap"), ("PRK-D", "kebutuhan_saja"), ("PKA", None), ("KRK", None)]
)
def test_thousands_of_cases_give_what_a_second_reading_of_the_grammar_gives(run, code, mode):
    dice = random.Random(f"door {code} {mode}")
    cases = [random_case(dice, INSTRUMENTS[code]) for _ in range(2_000)]
    plain = plain_instruments()[code]
    expected = [naive_guidance(plain, case, mode) for case in cases]
    assert run(code, cases, *(["--mode", mode] if mode else [])) == expected


# --------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ({"A4": 7}, "ratings.json: A4: nilai 7 di luar skala 0–3"),
        ({"A4": -1}, "ratings.json: A4: nilai -1 di luar skala 0–3"),
        ({"A4": "2"}, "ratings.json: A4: nilai '2' di luar skala 0–3"),
        ({"A4": "yes"}, "ratings.json: A4: nilai 'yes' di luar skala 0–3"),
        ({"A4": True}, "ratings.json: A4: harus nilai skala 0–3, unknown, atau not_applicable"),
        ({"A4": 1.0}, "ratings.json: A4: harus nilai skala 0–3, unknown, atau not_applicable"),
        ({"A4": None}, "ratings.json: A4: harus nilai skala 0–3, unknown, atau not_applicable"),
        ({"A4": [1]}, "ratings.json: A4: harus nilai skala 0–3, unknown, atau not_applicable"),
        ({"A4": 10**30}, "ratings.json: A4: harus nilai skala 0–3, unknown, atau not_applicable"),
        ({"A9": 1}, "ratings.json: A9: butir tidak ada di PRK-D"),
        ({"a4": 1}, "ratings.json: a4: butir tidak ada di PRK-D"),
        ({"": 1}, 'ratings.json: "": butir tidak ada di PRK-D'),
        ({"A\n4": 1}, 'ratings.json: "A\\n4": butir tidak ada di PRK-D'),
        ({"A4": {}}, "ratings.json: A4: value tidak ada"),
        ({"A4": {"confidence": "rendah"}}, "ratings.json: A4: value tidak ada"),
        ({"A4": {"value": 4}}, "ratings.json: A4: nilai 4 di luar skala 0–3"),
        ({"A4": {"value": False}}, "ratings.json: A4: harus nilai skala 0–3, unknown, atau not_applicable"),
        ({"A4": {"value": {"value": 1}}}, "ratings.json: A4: harus nilai skala 0–3, unknown, atau not_applicable"),
        (
            {"A4": {"value": 1, "confidence": "low"}},
            'ratings.json: A4: confidence "low" tidak dikenal; pilihannya: rendah, sedang, tinggi',
        ),
        (
            {"A4": {"value": 1, "confidence": None}},
            "ratings.json: A4: confidence null tidak dikenal; pilihannya: rendah, sedang, tinggi",
        ),
        (
            {"A4": {"value": 1, "note": "x"}},
            'ratings.json: A4: kunci "note" tidak dikenal; hanya value dan confidence',
        ),
        ([{}, {}, {}, {"A4": 7}], "ratings.json: [3].A4: nilai 7 di luar skala 0–3"),
        ([{}, 3], "ratings.json: [1]: harus objek {kode butir: nilai}, bukan 3"),
        ([[{}]], "ratings.json: [0]: harus objek {kode butir: nilai}, bukan daftar"),
        (None, "ratings.json: isi berkas: harus objek {kode butir: nilai}, bukan null"),
        ("A4", 'ratings.json: isi berkas: harus objek {kode butir: nilai}, bukan "A4"'),
    ],
)
def test_a_faulty_case_is_refused_with_file_and_place(refused, case, message):
    assert refused("PRK-D", case) == message


def test_a_choice_names_its_answers(refused):
    assert refused("KRK", {"B1": 1}) == "ratings.json: B1: nilai 1 di luar skala yes, no"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "baris 1, kolom 1: bukan JSON"),
        (b'{"A4": 1', "bukan JSON"),
        (b'{\n "A4": 1,\n}', "baris 3, kolom 1: bukan JSON"),
        (b'{"A4": 1} {}', "baris 1, kolom 11: bukan JSON"),
        (b'{"A4": NaN}', "NaN tidak ada dalam JSON"),
        (b'{"A4": -Infinity}', "-Infinity tidak ada dalam JSON"),
        (b'{"A4": 1, "A4": 2}', "A4: kunci ditulis dua kali"),
        (b'[{"A4": {"value": 1, "value": 2}}]', '[0].A4: kunci "value" ditulis dua kali'),
        (b'{"A4": ' + b"9" * 6000 + b"}", "A4: harus nilai skala"),
        (b'{"A4": 1e999}', "A4: harus nilai skala"),
        (b"[" * 100_000, "bertingkat terlalu dalam"),
        (b'{"A4": ' * 100_000, "bertingkat terlalu dalam"),
        (b'{"A4": "\xff"}', "bukan UTF-8 (bita ke-9)"),
        ('{"A4": 1}'.encode("utf-16"), "bukan UTF-8"),
        (b'{"\\ud800": 1}', '"\\ud800": butir tidak ada'),
    ],
)
def test_a_file_that_is_not_the_json_asked_for_is_refused(refused, content, message):
    told = refused("PRK-D", content)
    assert told.startswith("ratings.json: ")
    assert message in told


def test_every_fault_is_told_up_to_twenty(refused):
    told = refused("PRK-D", [{"A4": 7, "A1": 9}, {}, {"Z1": 0}]).splitlines()
    assert [line.split(": ")[1] for line in told] == ["[0].A4", "[0].A1", "[2].Z1"]
    many = refused("PRK-D", [{"A4": 7}] * 100).splitlines()
    assert len(many) == 21
    assert many[-1] == "… dan 80 lagi"


@pytest.mark.parametrize(
    ("code", "options", "message"),
    [
        ("PRK", [], "PRK: instrumen tidak dikenal; yang ada: PRK-D, PKA, KRK"),
        ("prk-d", [], "prk-d: instrumen tidak dikenal; yang ada: PRK-D, PKA, KRK"),
        ("PKA", ["--mode", "lengkap"], "--mode lengkap: PKA tidak mempunyai mode"),
        ("KRK", ["--mode", "lengkap"], "--mode lengkap: KRK tidak mempunyai mode"),
        ("PRK-D", ["--mode", "cepat"], "--mode cepat: PRK-D hanya mempunyai mode lengkap, kebutuhan_saja"),
        ("PRK-D", ["--mode", ""], "--mode : PRK-D hanya mempunyai mode lengkap, kebutuhan_saja"),
    ],
)
def test_an_instrument_or_mode_that_does_not_exist_is_refused(refused, code, options, message):
    assert refused(code, {}, *options) == message


@pytest.mark.parametrize("name", ["tidak-ada.json", ".", "ratings.json/x", "a\x00b"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ratings.json").write_text("{}", encoding="utf-8")
    printed = io.StringIO()
    with pytest.raises(CommandError, match=r"tidak dapat dibaca|null byte") as error:
        call_command(Command(stdout=printed), "PRK-D", "--ratings", name)
    assert str(error.value).startswith(f"{name}: ")
    assert (error.value.returncode, printed.getvalue()) == (2, "")


# --------------------------------------------------------------------------------------------- as a process


def shell(tmp_path, *arguments):
    """The command as an outside reference runs it, where no database and no service can be reached."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TITIAN_STATE_DIR": str(tmp_path / "state"),
        "LC_ALL": "C",
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "evaluate_guidance", *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_process_prints_the_result_and_nothing_else_and_starts_no_service(tmp_path):
    (tmp_path / "r.json").write_text(json.dumps(calm(A4=3)), encoding="utf-8")
    done = shell(tmp_path, "PRK-D", "--ratings", "r.json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "band": "merah",
        "fired": ["A4"],
        "provisional": False,
        "support_level": "rendah",
    }
    assert done.stdout.count(b"\n") == 1
    assert not list(tmp_path.glob("state/*"))


def test_the_process_ends_with_two_and_an_empty_standard_output_on_bad_input(tmp_path):
    (tmp_path / "r.json").write_text(json.dumps([calm(), calm(A4=7)]), encoding="utf-8")
    done = shell(tmp_path, "PRK-D", "--ratings", "r.json")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"r.json: [1].A4: nilai 7 di luar skala" in done.stderr
    assert b"Traceback" not in done.stderr
    assert shell(tmp_path, "PRK-D").returncode == 2
