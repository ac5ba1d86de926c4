"""`/components/`: every component in every state, for development, the demo and the tests (config.urls adds it there).

The sample data is invented and speaks Indonesian only: nobody but developers reads this page.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core import charts
from core.htmx import render_page, wants_fragment
from core.rendering import DateInput, DateTimeInput, TimeInput


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label="Nama lengkap", help_text="Seperti pada kartu tanda penduduk.")
    kind = forms.ChoiceField(
        label="Jenis kontak",
        widget=forms.RadioSelect,
        choices=[("visit", "Kunjungan rumah"), ("phone", "Telepon"), ("other", "Lainnya, tulis pada ringkasan")],
    )
    present = forms.MultipleChoiceField(
        label="Yang hadir",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("self", "Peserta"), ("father", "Ayah"), ("wife", "Istri")],
    )
    unit = forms.ChoiceField(
        label="Unit kerja",
        choices=[("", "Pilih unit"), ("1", "Bapas Kelas I Malang"), ("2", "Sentra Terpadu Inten Soeweno Cibinong")],
    )
    started_on = forms.DateField(label="Mulai", widget=DateInput)
    at_time = forms.TimeField(label="Jam", required=False, widget=TimeInput)
    seen_at = forms.DateTimeField(label="Waktu lain", required=False, widget=DateTimeInput)
    summary = forms.CharField(
        label="Ringkasan",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Apa yang dibahas, dan apa yang berubah?",
    )
    reason = forms.CharField(label="Alasan berbeda", min_length=80, required=False, widget=forms.Textarea)
    document = forms.FileField(label="Berkas", required=False)
    safe = forms.BooleanField(label="Saya aman setelah kunjungan", required=False)

    conditional_fields = ("reason",)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])  # its autosave posts here
def component_gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state, for development and tests (config.urls adds it there only)."""
    if not wants_fragment(request):
        messages.success(request, "Tersimpan pukul 09.04.")
    wrong = SampleForm({"kind": "", "started_on": "31 Februari", "reason": "Singkat."}, auto_id="wrong_%s")
    context = {
        "form": SampleForm(),
        "wrong": wrong,
        "charts": _sample_charts(),
        "panel_url": reverse("component-gallery"),
        "state": "Draf tersimpan 13.37",
        "icon": "check",
        **_sample_rows(),
    }
    fragment = "components/saved.html" if request.method == "POST" else "gallery_part"
    return render_page(request, "gallery.html", context, fragment=fragment)


LONG = "Muhammad Abdurrahman Wahyudi Kusumaningrat bin Haji Syarifuddin Prawiranegara"


def _sample_rows() -> dict[str, object]:
    return {
        "long": LONG,
        "tiles": [
            {"value": 1, "label": "Tindakan 24 jam terbuka", "url": "#", "due": True},
            {"value": 5, "label": "Lewat tenggat di unit", "url": "#", "due": True},
            {"value": 4, "label": "Menunggu keputusan Anda", "url": "#"},
            {"value": 0, "label": "Tanpa pembahasan 14 hari", "url": "#", "due": True},
            {"value": 12345, "label": "Aktif di seluruh unit kerja dan pos pelayanan", "url": "#"},
            {"value": "disamarkan", "label": "Kurang dari lima", "url": "#"},
        ],
        "stages": [
            {"label": "Asesmen", "state": "done", "notes": ["selesai 2 Mar"]},
            {"label": "Perencanaan", "state": "done", "notes": ["selesai 30 Mar"]},
            {"label": "Intervensi", "state": "now", "notes": ["PP 77: reedukasi", "Bapas: tahap lanjutan"]},
            {"label": "Transisi", "state": "ahead", "notes": ["rencana Mar 2027"]},
            {"label": "Pascalayanan", "state": "ahead"},
            {"label": "Ditutup", "state": "ahead"},
        ],
        "happened": [
            {
                "icon": "home",
                "title": "Kunjungan rumah",
                "meta": f"16 Nov 2026, 10.00 · 45 menit · {LONG}",
                "text": "Bengkel ramai sejak ada tempa rem. Ayah mau ikut duduk.",
                "url": "#",
                "chip": "Dicatat 4 hari kemudian",
                "chip_kind": "soon",
                "amendments": [{"title": "Perbaikan", "meta": "18 Nov 2026", "text": "Lamanya 60 menit."}],
            },
            {
                "icon": "lock-closed",
                "title": "Catatan terbatas psikolog",
                "meta": "11 Nov 2026 · hanya profesi psikolog yang dapat membaca",
            },
            {"icon": "paper-airplane", "title": "Rujukan diterima", "meta": "9 Nov 2026", "url": "#"},
        ],
        "tabs": [
            {"label": "Ringkasan", "url": "#", "current": True},
            {"label": "Catatan", "url": "#", "count": 24},
            {"label": "Penilaian", "url": "#", "count": 3},
            {"label": "Rencana", "url": "#"},
            {"label": "Program", "url": "#", "count": 0},
            {"label": "Dokumen", "url": "#", "count": 9},
            {"label": "Bimbingan", "url": "#"},
            {"label": "Akses", "url": "#"},
        ],
        "columns": [
            {"label": "Peserta", "url": "#"},
            {"label": "Tenggat", "url": "#", "sort": "ascending"},
            {"label": "Pertimbangan"},
            {"label": "Kontak", "numeric": True},
            {"label": "Berkas", "hidden": True},
        ],
        "steps": [
            {"label": "Angka dibekukan", "note": "09.31.04", "state": "done"},
            {"label": "Sel kecil disamarkan", "note": "41 sel", "state": "done"},
            {"label": "Menyusun grafik dan tabel", "state": "now"},
            {"label": "Membuat PDF", "state": "ahead"},
        ],
        "failed_steps": [
            {"label": "Angka dibekukan", "state": "done"},
            {"label": "Membuat PDF", "note": "berhenti 09.33", "state": "failed"},
        ],
    }


def _sample_charts() -> dict[str, charts.Chart]:
    quarters = [
        "TW IV 2024",
        *(f"TW {quarter} 2025" for quarter in ("I", "II", "III", "IV")),
        *(f"TW {quarter} 2026" for quarter in ("I", "II", "III")),
    ]
    circle = charts.Mark("circle", "#2e7d4f", "#2e7d4f")
    diamond = charts.Mark("diamond", "#8a6100", "#f5c211")
    triangle = charts.Mark("triangle", "#b3261e", "#b3261e")
    ring = charts.Mark("ring", "#4a5160", "#ffffff")
    parts = [
        charts.Series("Lebih ringan", charts.Fill.DARK),
        charts.Series("Tetap", charts.Fill.LIGHT),
        charts.Series("Lebih berat", charts.Fill.HATCH),
    ]
    return {
        "bars": charts.bars(
            "contoh-batang",
            "Aktif menurut tahap",
            [
                charts.Bar("Asesmen", 24),
                charts.Bar("Perencanaan", 31),
                charts.Bar("Intervensi", 1098),
                charts.Bar("Transisi", None, "disamarkan"),
                charts.Bar("Pascalayanan", 0),
            ],
            head=("Tahap", "Jumlah"),
        ),
        "long_bars": charts.bars(
            "contoh-panjang",
            "Layanan yang paling sering diminta",
            [
                charts.Bar("Pendampingan psikososial dan penguatan keluarga di tempat tinggal", 17),
                charts.Bar("Pelatihan keterampilan kerja dan bantuan modal usaha", 9),
            ],
            head=("Layanan", "Jumlah"),
        ),
        "marked": charts.bars(
            "contoh-tanda",
            "Pertimbangan akhir",
            [
                charts.Bar("Hijau", 96, "96 (54%)", circle),
                charts.Bar("Kuning", 67, "67 (38%)", diamond),
                charts.Bar("Merah", 14, "14 (8%)", triangle),
                charts.Bar("Belum cukup informasi", 3, "3", ring),
            ],
            head=("Pertimbangan", "Jumlah"),
        ),
        "stacked": charts.stacked(
            "contoh-tumpuk",
            "Perubahan penilaian per triwulan",
            [
                charts.Stack("TW IV 2025", [2, 7, 1], "n = 10"),
                charts.Stack("TW I 2026", [3, 7, 0], "n = 10"),
                charts.Stack("TW II 2026", [1, 40, 1], "n = 42"),
                charts.Stack("TW III 2026", [None, None, None], "n < 10", "disamarkan"),
            ],
            parts,
            head="Triwulan",
        ),
        "line": charts.lines(
            "contoh-garis",
            "Aktif, delapan triwulan",
            quarters,
            [
                charts.Line(
                    "Aktif",
                    [180, 191, None, 198, 204, 207, 211, 1204],
                    ["180", "191", "<5", "198", "204", "207", "211", "1.204"],
                )
            ],
            head="Triwulan",
        ),
        "lines": charts.lines(
            "contoh-garis-garis",
            "Tepat waktu menurut jenis",
            quarters[-4:],
            [
                charts.Line("Laporan", [0.71, 0.74, 0.78, 0.82]),
                charts.Line("Kunjungan", [0.9, 0.88, None, 0.86], ["90%", "88%", "<5", "86%"]),
            ],
            head="Triwulan",
            percent=True,
        ),
        "multiples": charts.multiples(
            "contoh-kecil",
            "Aktif menurut unit kerja",
            quarters,
            [
                charts.Line("Sentra Handayani", [3, 4, 6, 8, 8, 9, 12, 14]),
                charts.Line("Sentra Terpadu Inten Soeweno", [20, 19, 18, None, 15, 14, 12, 11]),
                charts.Line("Sentra Paramita", [0, 0, 1, 1, 2, 2, 2, 2]),
            ],
            head="Unit",
        ),
        "waits": charts.waits(
            "contoh-jam",
            "Lama menunggu tinjauan Anda",
            [
                charts.Wait("Nanang Suprapto", 7, "lewat 2 hari", "beda dari petunjuk", late=True),
                charts.Wait("Rudi Hermanto", 5, "5 hari", "PRK-D berkala"),
                charts.Wait(LONG, 3, "3 hari", "rencana layanan"),
                charts.Wait("Sugeng Wibisono", 1, "1 hari", "penutupan"),
            ],
            limit=5,
            limit_label="batas 5 hari kerja",
            head=("Siapa", "Menunggu"),
        ),
        "empty": charts.bars("contoh-kosong", "Tanpa baris", [], head=("Tahap", "Jumlah")),
    }
