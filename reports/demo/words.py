"""What people in the demo say and write: short, neutral, never about an offence."""

from __future__ import annotations

from random import Random

from assessments.catalogue import Instrument
from cases.enums import NoteType, PlaceKind

N, P = NoteType, PlaceKind

# kind, place, shortest and longest duration, sentences of which one or two are taken.
ADULT_NOTES: tuple[tuple[NoteType, PlaceKind, int, int, tuple[str, ...]], ...] = (
    (
        N.GUIDANCE,
        P.OFFICE,
        30,
        60,
        (
            "Membahas rencana kerja bulan ini dan cara membagi waktu dengan keluarga.",
            "Menyusun anggaran rumah tangga; peserta mulai mencatat pengeluaran harian.",
            "Membicarakan pertemanan baru di tempat kerja. Peserta merasa diterima.",
            "Meninjau tujuan rencana. Dua langkah selesai, satu perlu waktu lagi.",
            "Berlatih menyampaikan pendapat yang berbeda dengan tenang.",
            "Peserta bercerita tentang kursus yang diikuti dan ingin melanjutkan.",
        ),
    ),
    (
        N.PHONE,
        P.PHONE,
        5,
        20,
        (
            "Kabar baik. Pekerjaan mulai tetap, upah dibayar mingguan.",
            "Menanyakan jadwal berikutnya dan syarat perpanjangan KTP.",
            "Anak peserta sakit ringan; kunjungan pekan ini digeser dua hari.",
            "Mengingatkan jadwal; peserta akan datang bersama adik.",
            "Peserta meminta surat pengantar untuk pelatihan. Dikirim hari itu.",
        ),
    ),
    (
        N.HOME_VISIT,
        P.HOME,
        40,
        90,
        (
            "Rumah terawat, keluarga menyambut. Orang tua ikut duduk dan bertanya tentang jadwal.",
            "Bertemu istri dan ketua RT. Lingkungan mulai terbiasa dan mengajak kerja bakti.",
            "Usaha di teras rumah berjalan; pelanggan tetangga sekitar.",
            "Sinyal lemah di lokasi. Dicatat sepulang kunjungan.",
            "Membicarakan biaya sekolah anak dan bantuan yang bisa diajukan.",
        ),
    ),
    (
        N.FAMILY_MEETING,
        P.HOME,
        45,
        80,
        (
            "Keluarga menyepakati pembagian tugas rumah dan waktu bersama anak.",
            "Ayah peserta mau mendampingi; akan hadir pada pertemuan berikutnya.",
            "Membahas hubungan dengan saudara. Semua sepakat bicara langsung, tidak lewat orang lain.",
        ),
    ),
    (
        N.FACILITY_VISIT,
        P.WORKPLACE,
        30,
        60,
        (
            "Melihat tempat kerja. Pemilik menilai peserta rajin dan tepat waktu.",
            "Kunjungan ke bengkel mitra; peserta memimpin dua orang teman.",
            "Melihat kolam dan kandang. Pakan cukup sampai akhir bulan.",
        ),
    ),
    (
        N.COORDINATION,
        P.ONLINE,
        15,
        40,
        (
            "Koordinasi dengan dinas tentang jadwal pelatihan dan syarat peserta.",
            "Berbicara dengan mitra tentang kemajuan layanan dan kebutuhan alat.",
            "Menyepakati pembagian tugas pendampingan dengan Sentra.",
        ),
    ),
    (
        N.COUNSELLING,
        P.OFFICE,
        45,
        60,
        (
            "Berlatih mengatur napas dan mengenali tanda lelah. Peserta mau mencoba di rumah.",
            "Membicarakan rasa cemas sebelum tidur dan kebiasaan yang menolong.",
        ),
    ),
)
CHILD_NOTES: tuple[tuple[NoteType, PlaceKind, int, int, tuple[str, ...]], ...] = (
    (
        N.COUNSELLING,
        P.FACILITY,
        30,
        50,
        (
            "Bermain dan menggambar bersama. Anak mau bercerita tentang gambarnya.",
            "Kelompok bermain. Anak memilih permainan dan mengajak teman.",
            "Anak tampak mengantuk; kegiatan dipersingkat dan dilanjutkan esok.",
            "Membuat kartu perasaan. Anak memilih dua warna yang ia sukai.",
        ),
    ),
    (
        N.SCHOOL_VISIT,
        P.SCHOOL,
        30,
        60,
        (
            "Bertemu guru kelas. Anak mengikuti pelajaran dan punya dua teman dekat.",
            "Membahas bantuan membaca di PKBM, dua kali sepekan.",
            "Guru menyiapkan meja dekat jendela seperti yang diminta anak.",
        ),
    ),
    (
        N.FAMILY_MEETING,
        P.HOME,
        40,
        70,
        (
            "Wali menceritakan kebiasaan di rumah; waktu tidur mulai teratur.",
            "Menyepakati jadwal telepon dengan keluarga besar, bila anak mau.",
            "Wali menanyakan akta kelahiran; berkas sudah lengkap.",
        ),
    ),
    (
        N.HOME_VISIT,
        P.HOME,
        40,
        80,
        (
            "Rumah wali tenang, anak punya tempat belajar sendiri.",
            "Anak menunjukkan buku gambarnya. Wali ikut duduk dan mendengar.",
        ),
    ),
    (
        N.PHONE,
        P.PHONE,
        5,
        15,
        ("Wali mengabarkan anak sudah masuk sekolah lagi.", "Wali bertanya jadwal kelompok bermain."),
    ),
)
OBSERVATIONS = (
    "Tenang dan terbuka.",
    "Lebih banyak bertanya dibanding pertemuan sebelumnya.",
    "Tampak lelah, tetap mau melanjutkan.",
    "Bercanda dengan petugas; kontak mata baik.",
)
SAYINGS = (
    "“Saya mau anak saya sekolah sampai selesai.”",
    "“Kalau ada kerja, kepala saya tenang.”",
    "“Sekarang tetangga sudah menyapa duluan.”",
    "“Saya belum siap bicara soal itu, nanti ya.”",
    "“Yang penting ibu sehat.”",
)
SAYINGS_OF_CHILDREN = (
    "“Aku suka pelajaran menggambar.”",
    "“Aku mau main bola sama Kakak.”",
    "“Besok ke sini lagi, ya.”",
)
NEXT_STEPS = (
    "Hubungi dinas tentang jadwal pelatihan.",
    "Kunjungan rumah dua pekan lagi.",
    "Bawa fotokopi KK saat wajib lapor.",
    "Periksa kembali anggaran bersama.",
)
NEXT_STEPS_OF_CHILDREN = (
    "Bertemu guru kelas.",
    "Telepon wali tentang jadwal.",
    "Bawa buku gambar baru.",
    "Tanyakan akta kelahiran ke Dukcapil.",
)
EXCUSES = (
    "Sakit, surat dari puskesmas.",
    "Menjaga orang tua di rumah sakit.",
    "Bekerja di luar kota, sudah memberi kabar.",
    "Jalan ke kantor terputus karena banjir.",
)
ABSENCES = ("Belum ada kabar.", "Telepon tidak aktif.", "Lupa tanggal, akan datang esok.")

FIRST_REASONS = (
    "Hadir rutin dan terbuka, tetapi masih bergantung pada kenalan lama untuk penghasilan.",
    "Keluarga mendukung dan kegiatan harian berjalan; perlu waktu untuk pertemanan baru.",
    "Beberapa keterangan belum dapat diperiksa; yang terlihat cenderung tenang.",
    "Kebutuhan utama pada penghidupan; hubungan dengan pembimbing baik.",
)
OWN_VIEWS = (
    "Peserta membaca hasil ini dan merasa sesuai. Ingin lebih banyak dukungan usaha.",
    "Peserta setuju pada sebagian besar; menurutnya hubungan dengan keluarga sudah lebih baik.",
    "Dibacakan bersama. Tidak ada keberatan; meminta jadwal yang tidak mengganggu kerja.",
)
# What a note went on to say, the word of the list in it, what was answered, and in which words.
ASKED_ABOUT = (
    (
        "Kelompok itu pernah mengancam pedagang Tionghoa.",
        "chinese",
        "violence",
        "Ancaman memukul pedagang di pasar, menurut laporan polisi.",
    ),
    ("", "veil", "reworded", ""),
    ("Tetangga menyebut ia kini berjenggot.", "beard", "asked", ""),
)
OVERRIDE_REASONS = (
    "Tiga bulan terakhir peserta menghadiri semua pertemuan, pindah rumah atas kemauan sendiri, dan keluarga serta "
    "ketua RT membenarkan perubahan itu. Butir yang dinilai tinggi berasal dari keterangan lama.",
    "Keterangan dari dua sumber baru diterima sesudah pengisian dan belum dapat diperiksa. Pendampingan lebih rapat "
    "selama satu triwulan lebih hati-hati daripada hasil petunjuk.",
    "Peserta baru kehilangan pekerjaan dan tempat tinggal dalam bulan yang sama. Dukungan perlu lebih rapat sampai "
    "keduanya pulih, lalu dinilai ulang lebih awal.",
)
TOLD_OVERRIDE = (
    "Sejak Agustus peserta bekerja di luar jaringan lama, dua kali menolak ajakan dan melaporkannya sendiri. "
    "Keluarga dan pemilik bengkel membenarkan. Butir B1 dan B4 dinilai dari keterangan sebelum pindah."
)
NARRATIVES = {
    "persepsi_motivasi_identitas": (
        "Peserta memandang diri terutama sebagai ayah dan pekerja. Ingin dikenal karena hasil kerjanya.",
        "Peserta mencari tempat diterima; keluarga menjadi alasan utama untuk berubah.",
    ),
    "keterlibatan_peran": (
        "Menurut dokumen lembaga pengirim. Tidak ada keterangan baru sejak penilaian sebelumnya.",
        "Sesuai dokumen resmi; tidak dibahas ulang dalam pertemuan ini.",
    ),
    "formulasi": (
        "Kesulitan penghidupan dan sedikit teman baru membuat kontak lama tetap penting. Yang melindungi: istri, "
        "orang tua, dan pekerjaan yang mulai tetap.",
        "Tekanan utang dan jarak dari keluarga mempertahankan rasa tidak aman. Keterampilan dan pembimbing tetap "
        "menolong.",
    ),
    "skenario_pemicu": (
        "Kehilangan pekerjaan atau penolakan lingkungan dapat membuat peserta menarik diri. Tanda awal: tidak "
        "menjawab telepon, tidak hadir.",
        "Bila kontak lama datang membawa tawaran uang, peserta perlu orang yang dapat dihubungi hari itu juga.",
    ),
    "pendapat_peserta": (
        "“Saya sudah cukup jauh berjalan. Tolong lihat yang sekarang.”",
        "“Menurut saya benar. Yang paling berat memang soal uang.”",
    ),
    "rekomendasi": (
        "Lanjutkan bimbingan rutin, perkuat usaha, dan libatkan keluarga.",
        "Pelatihan kerja, pertemuan keluarga bulanan, dan satu pendamping tetap.",
    ),
    "cerita_anak": (
        "“Aku mau sekolah yang dekat rumah bibi. Aku mau bawa buku gambarku.”",
        "“Aku suka kalau kita main dulu baru belajar.”",
    ),
    "kepentingan_terbaik": (
        "Tinggal bersama kerabat yang dikenal, sekolah dekat rumah, dan pertemuan rutin dengan pendamping yang sama.",
        "Ketenangan dan sekolah didahulukan; pertemuan lain mengikuti keinginan anak.",
    ),
    "rencana_pengasuhan": (
        "Pengasuhan oleh bibi, dengan kunjungan dua pekan sekali. Pilihan lain sudah dibahas dengan keluarga.",
        "Pengasuhan keluarga dengan dukungan Sentra; saudara kandung tetap bersama.",
    ),
    "siapa_diberi_tahu": (
        "Ketua RT dan satu tokoh setempat, atas persetujuan peserta, tanpa perkara.",
        "Keluarga inti saja, sesuai persetujuan peserta.",
    ),
}

# Goals by intervention: goal type, words of the participant, measure.
GOALS: dict[str, tuple[tuple[str, str], ...]] = {
    "USAHA": (
        ("Bengkel saya jalan tanpa utang.", "Tiga bulan tanpa pinjaman baru"),
        ("Saya mau usaha lele, modal kecil dulu.", "Satu kali panen terjual"),
        ("Warung saya buka tiap hari.", "Catatan penjualan tiga bulan"),
    ),
    "VOKASI": (
        ("Saya mau pintar las.", "Sertifikat pelatihan"),
        ("Mau kerja tetap, biar tidak pindah-pindah.", "Enam bulan di tempat kerja yang sama"),
    ),
    "DUKKEL": (
        ("Bisa bicara baik-baik dengan bapak.", "Empat pertemuan keluarga"),
        ("Anak-anak mau cerita lagi ke saya.", "Satu kegiatan bersama tiap pekan"),
    ),
    "KONSELING": (
        ("Tidur saya tidak terbangun terus.", "Tidur cukup lima malam sepekan"),
        ("Kalau marah, saya bisa diam dulu.", "Contoh nyata dalam dua bulan"),
    ),
    "MENTOR": (("Punya teman baru di kampung.", "Ikut satu kegiatan warga tiap bulan"),),
    "DOKUMEN": (("KTP dan BPJS saya beres.", "Dokumen diterima"),),
    "MASYARAKAT": (("Tetangga kenal saya yang sekarang.", "Ikut kerja bakti tiga kali"),),
    "HIDUP": (("Rumah kontrakan tidak pindah lagi.", "Satu tahun di alamat yang sama"),),
    "DIGITAL": (("Saya pilih sendiri grup yang saya ikuti.", "Ditinjau bersama tiap bulan"),),
    "KEBANGSAAN": (("Saya mau paham hak saya sebagai warga.", "Selesai enam pertemuan"),),
}
GOALS_OF_CHILDREN = {
    "DOKUMEN": ("Aku punya kartu namaku sendiri.", "Akta kelahiran diterima"),
    "DIDIK": ("Aku mau sekolah yang dekat rumah bibi.", "Masuk sekolah lima hari sepekan"),
    "TERAPI_PSI": ("Aku mau punya teman main.", "Ikut kelompok bermain tiap pekan"),
    "ASUH": ("Aku mau tinggal sama Bibi.", "Pengasuhan tetap enam bulan"),
    "VOKASI": ("Aku mau bisa membatik.", "Satu karya selesai"),
}


def narratives(instrument: Instrument, stream: Random) -> dict[str, str]:
    return {narrative.code: stream.choice(NARRATIVES[narrative.code]) for narrative in instrument.narratives}


def next_steps(*, for_child: bool) -> tuple[str, ...]:
    return NEXT_STEPS_OF_CHILDREN if for_child else NEXT_STEPS
