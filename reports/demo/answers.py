"""Invented answers to the instruments, chosen so that the rule engine comes to a wished result. The engine decides."""

from __future__ import annotations

from random import Random

from assessments.catalogue import NOT_APPLICABLE, UNKNOWN, Instrument, Item, Rating
from assessments.guidance import Answer

# Core items that may carry a concern in the demo: none of them opens an urgent task by itself.
CARRIERS = ("A1", "A2", "A3", "B1", "B2", "B4", "C3")
# Items that open a task within 24 hours; quiet unless the story says otherwise.
QUIET = ("A4", "B3", "C2", "D4", "E2")

EVIDENCE = {
    "A": (
        "Diucapkan dalam dua pertemuan; alasan belum tetap. Dicatat dengan kata peserta sendiri.",
        "Tampak saat membahas berita; mau mendengar pandangan lain setelah diajak bicara.",
        "Sikap lebih terbuka dibanding pertemuan sebelumnya, tetapi masih berubah-ubah.",
    ),
    "B": (
        "Menurut peserta dan keluarga masih ada kenalan lama yang menghubungi; peserta membatasi.",
        "Kegiatan di telepon genggam dibicarakan bersama; peserta menunjukkan sendiri grup yang diikuti.",
        "Sebagian penghasilan masih dari kenalan lama; sedang mencari pelanggan baru.",
    ),
    "C": (
        "Catatan wajib lapor tiga bulan terakhir; alasan jarak sudah diperiksa.",
        "Dokumen dari lembaga pengirim dan keterangan keluarga.",
    ),
    "D": (
        "Sulit tidur beberapa malam seminggu; mau bertemu psikolog.",
        "Menceritakan mudah tegang di tempat ramai; menarik diri bila lelah.",
        "Pemeriksaan kesehatan terakhir belum ditindaklanjuti.",
    ),
    "E": (
        "Jarang bicara dengan orang tua; istri menjadi penghubung.",
        "Masih menumpang di rumah kakak; kontrak rumah berakhir dua bulan lagi.",
        "Dua tetangga menjaga jarak; ketua RT membantu memperkenalkan.",
    ),
    "F": (
        "Penghasilan harian, belum tetap. Dihitung bersama dengan pengeluaran sebulan.",
        "Punya alat sendiri, belum punya pelanggan tetap.",
        "KTP alamat baru dan BPJS sedang diurus.",
    ),
    "G": (
        "Dijelaskan dengan contoh dari keluarga dan pekerjaan.",
        "Bertemu pembimbing tiap pekan; mulai meminta bantuan sendiri.",
    ),
}
CHILD_EVIDENCE = (
    "Diamati dalam dua pertemuan bermain dan dibicarakan dengan wali.",
    "Keterangan guru dan wali sama; anak bercerita sendiri lewat gambar.",
    "Perlu waktu; anak lebih tenang bila ditemani pengasuh tetap.",
    "Sudah dibahas dengan wali; langkah berikutnya disepakati.",
)
READY_EVIDENCE = (
    "Dibicarakan dengan keluarga di rumah; disepakati langkah kecil dahulu.",
    "Kunjungan rumah dan keterangan ketua RT; hanya yang disetujui peserta yang diceritakan.",
)
NOT_APPLICABLE_NOTE = "Tidak ada kewajiban lapor menurut hukum."
CHANGED = "Berubah sejak penilaian sebelumnya; terlihat dalam tiga pertemuan terakhir."


class Habits:
    """What stays the same with one person: which items carry a concern, which needs and strengths there are."""

    def __init__(self, stream: Random) -> None:
        self.carriers = stream.sample(CARRIERS, len(CARRIERS))
        self.needs = {
            f"{domain}{n}": stream.choices([0, 1, 2, 3], [38, 34, 22, 6])[0] for domain in "DEF" for n in range(1, 5)
        }
        self.strengths = {f"G{n}": stream.choices([1, 2, 3], [25, 50, 25])[0] for n in range(1, 7)}
        self.history = stream.choice([1, 1, 2, 2, 3])
        self.calm = {code: int(stream.random() < 0.4) for code in (*CARRIERS, *QUIET)}

    def grow(self, stream: Random) -> None:
        """Some time passes: a need becomes smaller, a strength larger, and now and then the other way round."""
        heavy = [code for code, value in self.needs.items() if value > 0]
        if heavy and stream.random() < 0.75:
            self.needs[stream.choice(heavy)] -= 1
        if stream.random() < 0.12:
            code = stream.choice(sorted(self.needs))
            self.needs[code] = min(2, self.needs[code] + 1)
        if stream.random() < 0.6:
            code = stream.choice(sorted(self.strengths))
            self.strengths[code] = min(3, self.strengths[code] + 1)


def adult(habits: Habits, wish: str, stream: Random, *, has_duty: bool = True) -> dict[str, Rating]:
    """Answers to PRK-D of which the rules are expected to say ``wish``."""
    values: dict[str, Rating] = {**habits.calm, "C1": habits.history, **habits.needs, **habits.strengths}
    values["D4"] = min(1, int(habits.needs["D4"] > 1))
    values["E2"] = min(1, int(habits.needs["E2"] > 1))
    values["B3"] = habits.calm["B3"]
    first, second, third, fourth, *_rest = [code for code in habits.carriers if has_duty or code != "C3"]
    match wish:
        case "merah":
            values |= {first: 3, second: 3, third: 2}
        case "kuning":
            values |= {first: 2, second: 2, third: 2}
        case "belum_cukup":
            values |= {first: UNKNOWN, second: UNKNOWN, third: UNKNOWN, fourth: 2}
        case "hijau":
            for code in ("G1", "G2", "G3"):
                values[code] = max(2, int(values[code]))
    if not has_duty:
        values["C3"] = NOT_APPLICABLE
    if wish != "belum_cukup" and stream.random() < 0.25:
        values[stream.choice(["D2", "E4", "F3", "F4"])] = UNKNOWN
    return values


def needs_only(habits: Habits, stream: Random) -> dict[str, Rating]:
    """Answers to domains D to G alone, for families and victims (I-8)."""
    values = adult(habits, "hijau", stream)
    return {code: value for code, value in values.items() if code[0] in "DEFG"}


def child(instrument: Instrument, wish: str, stream: Random, age: int | None, low: list[str]) -> dict[str, Rating]:
    """Answers to PKA; ``low`` names the items that this child struggles with first."""
    values: dict[str, Rating] = {
        code: stream.choices([2, 3], [55, 45])[0] for code, item in instrument.items.items() if item.applies_at(age)
    }
    asked = [code for code in low if code in values]
    match wish:
        case "dukungan_intensif":
            values |= dict.fromkeys(asked[:3], 0) | dict.fromkeys(asked[3:5], 1)
        case "dukungan_tambahan":
            values |= dict.fromkeys(asked[:4], 1)
        case _:
            values |= dict.fromkeys(asked[:1], 1)
    return values


def family(instrument: Instrument, wish: str, stream: Random) -> dict[str, Rating]:
    """Answers to KRK, with the gate B1 answered yes."""
    values: dict[str, Rating] = {code: stream.choice([2, 2, 3]) for code in instrument.items}
    values["B1"] = "yes"
    weak = stream.sample(["A2", "A4", "A5", "B2", "B3", "B4", "C1", "C2", "C3", "D2"], 9)
    count = {"siap": 1, "siap_dengan_dukungan": 4, "belum_siap": 8}[wish]
    return values | dict.fromkeys(weak[:count], 1)


def recorded(
    instrument: Instrument,
    values: dict[str, Rating],
    previous: dict[str, Rating],
    stream: Random,
    *,
    sure: bool = False,
) -> dict[str, Answer]:
    """The answers with what the form asks beside them: evidence, sources and confidence."""
    answers = {}
    for code, item in instrument.items.items():
        if code not in values:
            continue
        value = values[code]
        note = ""
        if value == NOT_APPLICABLE:
            note = NOT_APPLICABLE_NOTE
        elif value != UNKNOWN and value in item.scale.needs_evidence:
            note = _evidence(instrument, item, stream)
        elif code in previous and previous[code] != value:
            note = CHANGED
        rated = value not in (UNKNOWN, NOT_APPLICABLE)
        confidence = stream.choices(["rendah", "sedang", "tinggi"], [0 if sure else 5, 50, 45])[0] if rated else None
        sources = stream.choice([("wawancara", "pengamatan"), ("wawancara", "keluarga"), ("wawancara", "dokumen")])
        answers[code] = Answer(value, confidence, note, sources if rated else ())
    return answers


def _evidence(instrument: Instrument, item: Item, stream: Random) -> str:
    if instrument.code == "PKA":
        return stream.choice(CHILD_EVIDENCE)
    if instrument.code == "KRK":
        return stream.choice(READY_EVIDENCE)
    return stream.choice(EVIDENCE[item.domain])
