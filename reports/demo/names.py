"""Invented people: names put together from common Indonesian name parts. None is meant to be anybody."""

from __future__ import annotations

from random import Random


def _parts(text: str) -> list[str]:
    return text.split()


MEN = _parts(
    "Adi Agung Anton Arif Bagus Bayu Beni Danu Dedi Dian Dwi Edi Eko Erwin Fajar Ferdi Galih Gilang Hadi Hari Hendra "
    "Heri Indra Irwan Jaka Joni Kurnia Lutfi Nanda Okta Pandu Rahmat Rangga Rian Rizki Rudi Sapto Sigit Surya Taufan "
    "Teguh Toni Tri Wahyu Wawan Yanto Yoga Yuda"
)
WOMEN = _parts(
    "Ana Anita Ayu Citra Dewi Diah Dina Eka Endang Erna Fitri Gita Hana Indah Ira Kartika Lestari Lina Maya Mega Mira "
    "Nia Nina Novi Nur Puji Putri Rani Ratih Rina Ria Rosa Santi Sari Sinta Siti Sri Tika Tuti Utami Vina Wati Wulan "
    "Yani Yuli Yunita"
)
GIRLS = _parts(
    "Alya Bunga Cahya Dinda Elsa Gendis Hasna Intan Kirana Lala Melati Nadia Naila Puspa Rara Salsa Tiara Zahra"
)
BOYS = _parts(
    "Alif Bima Candra Daffa Fahri Gibran Haikal Ilham Kevin Nabil Panji Raka Reza Satria Tegar Wira Yusuf Zidan"
)
FAMILY = _parts(
    "Anggara Budiman Cahyono Darmawan Efendi Firmansyah Handoko Hartono Haryadi Hermawan Irawan Junaedi Kurniadi "
    "Kusnadi Laksono Mahendra Maulana Nugroho Permadi Pranata Prasetyo Prayitno Purnomo Ramadan Riyadi Rusdianto "
    "Saputra Sasongko Setiadi Setiawan Sudrajat Sugiarto Suhendra Sulistyo Sunarto Supriyadi Suprapto Susanto "
    "Sutrisno Triyono Utomo Wardana Wijaya Winarno Yulianto Yusman"
)
FAMILY_OF_WOMEN = _parts(
    "Anggraini Astuti Damayanti Fitriani Handayani Hapsari Hidayati Indriani Kurniasih Kusuma Lestari Marlina "
    "Maharani Ningsih Novianti Permatasari Pertiwi Puspitasari Rahayu Rahmawati Safitri Sulastri Susanti Utami "
    "Wahyuni Widiastuti Wulandari Yuliana"
)
# Family names of the region beside the common ones, by the first digits of the province.
REGIONAL = {
    "1": _parts("Harahap Lubis Nasution Pohan Rangkuti Siregar Tanjung Zein"),
    "5": _parts("Arnawa Mahardika Parwata Sudarsana Suryana Wirawan"),
    "7": _parts("Lahamu Lasimpo Mangge Marunduh Pakaya Tadulako Tandi Tando Torau Lamusa"),
}


class Names:
    """Full names, each given out once."""

    def __init__(self, *taken: str) -> None:
        self._taken = set(taken)

    def adult(self, stream: Random, *, woman: bool = False, province: str = "") -> str:
        family = list(FAMILY_OF_WOMEN if woman else FAMILY) + 4 * REGIONAL.get(province[:1], [])
        return self._draw(stream, WOMEN if woman else MEN, family)

    def child(self, stream: Random, *, girl: bool) -> str:
        return self._draw(stream, GIRLS if girl else BOYS, FAMILY_OF_WOMEN if girl else FAMILY)

    def _draw(self, stream: Random, first: list[str], family: list[str]) -> str:
        for attempt in range(200):
            words = [stream.choice(first), stream.choice(family)]
            if attempt > 20:
                words.insert(1, stream.choice(first))
            name = " ".join(words)
            if name not in self._taken and len(set(words)) == len(words):
                self._taken.add(name)
                return name
        raise RuntimeError("The lists of name parts are used up.")
