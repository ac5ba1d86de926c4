"""The code of conduct: what everybody who works with Titian promises, word by word and version by version.

A version that somebody has accepted is never edited: a change of words is a new version at the end of the list, and
everybody is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    title: str
    text: str


@dataclass(frozen=True)
class Version:
    """The points in each language; all languages say the same."""

    number: str
    points: dict[str, tuple[Point, ...]]

    def read_in(self, language: str) -> tuple[Point, ...]:
        return self.points.get(language, self.points["id"])


VERSIONS = (
    Version(
        "2026-1",
        {
            "id": (
                Point(
                    "Hanya yang perlu saya tahu",
                    "Saya membuka berkas hanya untuk pekerjaan saya. Rasa ingin tahu, permintaan kenalan, atau "
                    "perintah lisan bukan alasan. Setiap pembukaan berkas tercatat.",
                ),
                Point(
                    "Tidak lewat pesan pribadi",
                    "Saya tidak mengirim nama, berkas, atau cerita peserta lewat WhatsApp, media sosial, atau surel "
                    "pribadi. Berbagi hanya lewat Titian, kepada yang berhak.",
                ),
                Point(
                    "Tidak memotret layar",
                    "Saya tidak memotret atau merekam layar, dan tidak mencetak lebih dari yang diperlukan. Kertas "
                    "yang sudah selesai dipakai saya musnahkan.",
                ),
                Point(
                    "Saya menyatakan hubungan",
                    "Bila peserta adalah keluarga, teman, tetangga, atau lawan saya, saya menyatakannya hari itu juga "
                    "dan tidak menangani kasusnya.",
                ),
                Point(
                    "Kekeliruan saya laporkan",
                    "Salah kirim, salah tulis, atau perangkat hilang saya laporkan hari itu juga kepada pengawas dan "
                    "pejabat pelindungan data. Melapor tidak dihukum; menutupi yang berbahaya.",
                ),
                Point(
                    "Menulis dengan hormat",
                    "Saya menulis apa yang saya lihat dan dengar, tanpa ejekan dan tanpa cap. Peserta berhak membaca "
                    "apa yang ditulis tentang dirinya.",
                ),
                Point(
                    "Akun ini milik saya sendiri",
                    "Kata sandi, kode, dan kunci sandi tidak saya pinjamkan kepada siapa pun, juga kepada atasan."
                    " Saya keluar dari Titian saat meninggalkan komputer.",
                ),
            ),
            "en": (
                Point(
                    "Only what I need to know",
                    "I open a file for my work alone. Curiosity, a favour for somebody or a spoken order is no reason."
                    " Every opening is recorded.",
                ),
                Point(
                    "Not by private message",
                    "I send no names, files or stories of participants by WhatsApp, social media or private e-mail. "
                    "I share through Titian alone, with people who have the right.",
                ),
                Point(
                    "No photos of the screen",
                    "I take no photos or recordings of the screen and print no more than I need. Paper that has "
                    "served its purpose I destroy.",
                ),
                Point(
                    "I declare my relations",
                    "If a participant is family, a friend, a neighbour or an opponent of mine, I say so that same day "
                    "and do not work on the case.",
                ),
                Point(
                    "I report mistakes",
                    "Something sent or written wrongly, or a lost device, I report that same day to my supervisor and "
                    "the data-protection officer. Reporting is not punished; hiding is what does harm.",
                ),
                Point(
                    "I write with respect",
                    "I write what I saw and heard, without mockery and without labels. Participants have the right to "
                    "read what is written about them.",
                ),
                Point(
                    "This account is mine alone",
                    "I lend my password, codes and passkeys to nobody, not to a superior either. I sign out of Titian "
                    "when I leave the computer.",
                ),
            ),
        },
    ),
)
CURRENT = VERSIONS[-1]
