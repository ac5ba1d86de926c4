"""An instrument written out for reading, and what differs between two of them.

`outline` says everything an instrument holds as chapters, parts and facts, in both languages and in plain words;
`compare` puts two outlines side by side. Both pages therefore show the same things, and nothing can change unseen.
No Django in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from assessments.catalogue import Band, Instrument, Item, Scale, SecondaryOutput, Text, UrgentAction
from assessments.explanation import condition

Kind = Literal["added", "removed", "changed"]
YES, NO, NOTHING = Text("ya", "yes"), Text("tidak", "no"), Text("–", "–")


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the instrument says; `key` names it in every version."""

    key: str
    label: Text
    value: Text


@dataclass(frozen=True, slots=True)
class Part:
    """An item, a band, a scale: what has a code or a name of its own."""

    key: str
    code: str
    title: Text
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    key: str
    title: Text
    parts: tuple[Part, ...]


# ---- the outline ----------------------------------------------------------------------------------------------------


def outline(instrument: Instrument) -> tuple[Chapter, ...]:
    """The whole instrument, in the order of its form, then its rules."""
    return (
        Chapter("general", Text("Tentang instrumen", "About the instrument"), tuple(_general(instrument))),
        *(
            Chapter(
                f"domain-{domain.code}",
                Text(f"{domain.code}. {domain.title.id}", f"{domain.code}. {domain.title.en}"),
                (
                    Part("domain", "", Text("Domain", "Domain"), _domain_facts(domain.title, domain.items)),
                    *(_item(instrument, item) for item in domain.items),
                ),
            )
            for domain in instrument.domains
        ),
        Chapter(
            "scales",
            Text("Skala dan jawaban lain", "Scales and other answers"),
            (*map(_scale, _scales(instrument)), _non_ratings(instrument)),
        ),
        Chapter("bands", Text("Aturan petunjuk", "Rules of guidance"), _bands(instrument, instrument.bands)),
        *(
            Chapter(
                f"output-{output.code}",
                output.title,
                (
                    Part("about", "", Text("Umum", "General"), tuple(_output(output))),
                    *_bands(instrument, output.bands),
                ),
            )
            for output in instrument.secondary_outputs
        ),
        Chapter("urgent", Text("Tugas mendesak", "Urgent tasks"), tuple(_urgent(instrument))),
        Chapter("judgement", Text("Pertimbangan akhir", "Final judgement"), (_judgement(instrument),)),
        Chapter(
            "interventions", Text("Layanan yang disarankan", "Interventions suggested"), _interventions(instrument)
        ),
    )


def _output(output: SecondaryOutput) -> Iterator[Fact]:
    yield Fact("title", Text("Nama", "Name"), output.title)
    if output.note:
        yield Fact("note", Text("Catatan", "Note"), output.note)


def _general(instrument: Instrument) -> Iterator[Part]:
    population = instrument.population
    ages = (
        f"{population.age_min}–{population.age_max}" if population.age_max is not None else f"≥ {population.age_min}"
    )
    statuses = population.legal_statuses
    facts = [
        Fact("title", Text("Nama", "Name"), instrument.title),
        Fact("purpose", Text("Tujuan", "Purpose"), instrument.purpose),
        _plain("version", Text("Versi", "Version"), instrument.version),
        _plain("status", Text("Status validasi", "State of validation"), instrument.status),
        _plain("ages", Text("Usia (tahun)", "Age (years)"), ages),
        Fact("statuses", Text("Status hukum", "Legal status"), _codes(statuses) if statuses else Text("semua", "any")),
        _text("population", Text("Tentang sasaran", "About whom it is for"), population.note),
        Fact("raters", Text("Diisi oleh", "Filled in by"), _codes(instrument.administered_by)),
        Fact("training", Text("Perlu pelatihan", "Needs training"), _yes(instrument.requires_training)),
        _plain("sources", Text("Sumber paling sedikit", "Sources at least"), str(instrument.min_sources)),
        Fact("sealed", Text("Tersegel", "Sealed"), _yes(instrument.sealed)),
        Fact("respondents", Text("Yang ditanya", "Who is asked"), _codes(instrument.respondents)),
        _text("never", Text("Tidak pernah dinilai", "Never rated"), instrument.never_consider),
        _text("stop", Text("Berhenti bila", "Stop when"), instrument.stop_rule),
        Fact("notice", Text("Pemberitahuan", "Notice"), instrument.notice),
        _plain("licence", Text("Lisensi", "Licence"), instrument.licence),
    ]
    gate = instrument.precondition
    if gate is not None:
        label = instrument.items[gate.item].scale.label(gate.answer) or Text(str(gate.answer), str(gate.answer))
        closed = ", ".join(gate.closes)
        facts.append(_plain("rule", Text("Syarat, menurut instrumen", "Precondition, as written"), gate.rule))
        facts.append(
            Fact(
                "gate",
                Text("Syarat", "Precondition"),
                Text(
                    f"{closed} hanya ditanyakan bila {gate.item} dijawab “{label.id}”",
                    f"{closed} are asked only when {gate.item} is answered “{label.en}”",
                ),
            )
        )
    yield Part("about", "", Text("Umum", "General"), tuple(fact for fact in facts if fact.value != NOTHING))
    for mode in instrument.modes:
        yield Part(
            f"mode-{mode.code}",
            mode.code,
            Text("Lingkup", "Scope"),
            (
                Fact("statuses", Text("Untuk", "For"), _codes(mode.legal_statuses)),
                _plain("domains", Text("Domain", "Domains"), ", ".join(mode.domains)),
                Fact("outputs", Text("Hasil", "Outputs"), _codes(mode.outputs)),
            ),
        )
    for narrative in instrument.narratives:
        yield Part(
            f"narrative-{narrative.code}",
            narrative.code,
            Text("Uraian", "Narrative"),
            (
                Fact("label", Text("Pertanyaan", "Question"), narrative.label),
                Fact("required", Text("Wajib", "Required"), _yes(narrative.required)),
            ),
        )


def _domain_facts(title: Text, items: Iterable[Item]) -> tuple[Fact, ...]:
    order = ", ".join(item.code for item in items)
    return (
        Fact("title", Text("Judul", "Title"), title),
        _plain("order", Text("Urutan butir", "Order of items"), order),
    )


def _item(instrument: Instrument, item: Item) -> Part:
    ages = f"{item.age.min}–{item.age.max}" if item.age else ""
    facts = [
        Fact("text", Text("Pernyataan", "Statement"), item.text),
        _text("help", Text("Petunjuk pengisian", "Help"), item.help),
        *(
            _text(f"anchor-{known.value}", _quoted(known.value, known.label), item.anchor(known.value))
            for known in item.scale.values
        ),
        _plain("scale", Text("Skala", "Scale"), item.scale.code),
        Fact("protective", Text("Pelindung", "Protective"), _yes(item.protective)),
        Fact("dynamic", Text("Dapat berubah", "Can change"), _yes(item.dynamic)),
        Fact("counts", Text("Dihitung aturan", "Counted by rules"), _yes(item.counts_for_guidance)),
        Fact("group", Text("Kelompok", "Group"), instrument.groups[item.group]),
        Fact("critical", Text("Kritis", "Critical"), instrument.criticals.get(item.critical, NOTHING)),
        _plain("age", Text("Ditanyakan pada usia", "Asked at age"), ages),
        _plain("suggests", Text("Menyarankan", "Suggests"), ", ".join(item.suggests)),
    ]
    return Part(f"item-{item.code}", item.code, item.text, tuple(fact for fact in facts if fact.value != NOTHING))


def _quoted(value: object, label: Text) -> Text:
    """The label of an anchor: `2 · Perhatian jelas`; of a choice, its word alone."""
    return Text(f"{value} · {label.id}", f"{value} · {label.en}") if isinstance(value, int) else label


def _scales(instrument: Instrument) -> list[Scale]:
    found = {instrument.scale.code: instrument.scale}
    return list((found | {item.scale.code: item.scale for item in instrument.items.values()}).values())


def _scale(scale: Scale) -> Part:
    return Part(
        f"scale-{scale.code}",
        scale.code,
        Text("Skala", "Scale"),
        (
            _plain("direction", Text("Arah", "Direction"), scale.direction.replace("_", " ")),
            *(
                Fact(f"value-{known.value}", Text(str(known.value), str(known.value)), known.label)
                for known in scale.values
            ),
            _plain(
                "evidence",
                Text("Perlu bukti pada", "Needs evidence at"),
                ", ".join(str(v.value) for v in scale.values if v.value in scale.needs_evidence),
            ),
        ),
    )


def _non_ratings(instrument: Instrument) -> Part:
    return Part(
        "non-ratings",
        "",
        Text("Bukan nilai", "No rating"),
        tuple(
            Fact(
                known.code,
                known.label,
                Text("perlu catatan", "needs a note") if known.needs_note else Text("tanpa catatan", "without a note"),
            )
            for known in instrument.non_ratings
        ),
    )


def _bands(instrument: Instrument, bands: tuple[Band, ...]) -> tuple[Part, ...]:
    return tuple(_band(instrument, band, place) for place, band in enumerate(bands, start=1))


def _band(instrument: Instrument, band: Band, place: int) -> Part:
    facts = [
        Fact("label", Text("Nama", "Name"), band.label),
        _text("meaning", Text("Arti", "Meaning"), band.meaning),
        _plain("symbol", Text("Lambang", "Symbol"), band.symbol or ""),
        _plain("days", Text("Nilai ulang sesudah (hari)", "Reassess after (days)"), str(band.reassess_after_days)),
        _plain(
            "contacts",
            Text("Kontak sebulan (saran)", "Contacts a month (suggested)"),
            "" if band.suggested_contacts_per_month is None else str(band.suggested_contacts_per_month),
        ),
        _plain("place", Text("Diperiksa pada urutan", "Tried in place"), str(place)),
    ]
    if band.when is None:
        facts.append(
            Fact("when", Text("Bila", "When"), Text("tidak ada aturan lain yang terpenuhi", "no other rule applies"))
        )
    else:
        facts += [
            Fact(
                f"when-{number}",
                Text("Bila", "When") if number == 1 else Text("atau bila", "or when"),
                condition(instrument, tests),
            )
            for number, tests in enumerate(band.when, start=1)
        ]
    return Part(f"band-{band.code}", band.code, band.label, tuple(fact for fact in facts if fact.value != NOTHING))


def _urgent(instrument: Instrument) -> Iterator[Part]:
    for action in instrument.urgent_actions:
        yield Part(
            f"urgent-{action.key}",
            "",
            action.label,
            (
                Fact("label", Text("Tugas", "Task"), action.label),
                Fact("when", Text("Bila", "When"), _urgent_when(instrument, action)),
                _plain("hours", Text("Dalam (jam)", "Within (hours)"), str(action.within_hours)),
                Fact("notify", Text("Diberi tahu", "Told"), _codes(action.notify)),
            ),
        )


def _urgent_when(instrument: Instrument, action: UrgentAction) -> Text:
    codes = ", ".join(item.code for item in instrument.items_in() if action.of.selects(item))
    limit, least = (
        (action.rating_at_least, True) if action.rating_at_least is not None else (action.rating_at_most, False)
    )
    if least:
        return Text(f"satu dari {codes} dinilai {limit} atau lebih", f"one of {codes} is rated {limit} or higher")
    return Text(f"satu dari {codes} dinilai {limit} atau kurang", f"one of {codes} is rated {limit} or lower")


def _judgement(instrument: Instrument) -> Part:
    final = instrument.final_judgement
    override = final.override
    return Part(
        "judgement",
        "",
        Text("Pertimbangan akhir", "Final judgement"),
        (
            _plain("chosen", Text("Dipilih oleh", "Chosen by"), final.chosen_by.replace("_", " ")),
            Fact("options", Text("Pilihan", "Options"), _labels(instrument, final.options)),
            _plain(
                "chars",
                Text("Alasan beda, paling sedikit (huruf)", "Reason to differ, at least (characters)"),
                str(override.needs_justification_min_chars),
            ),
            Fact(
                "approval",
                Text("Perlu persetujuan pengawas", "Needs a supervisor's approval"),
                _yes(override.needs_supervisor_approval),
            ),
            Fact(
                "differs",
                Text("Penyetuju bukan penilai", "Approver is not the rater"),
                _yes(override.approver_must_differ_from_rater),
            ),
            Fact(
                "also",
                Text("Juga wajib bila petunjuk", "Also required when guidance is"),
                _labels(instrument, override.also_required_when_guidance_is),
            ),
            _plain("low", Text("Tanda keyakinan rendah", "Mark of low confidence"), final.low_confidence_flag or ""),
            Fact("never", Text("Hasil yang dilarang", "Forbidden outputs"), _codes(final.prohibited_outputs)),
        ),
    )


def _interventions(instrument: Instrument) -> tuple[Part, ...]:
    return tuple(
        Part(
            f"intervention-{known.code}",
            known.code,
            known.label,
            (
                Fact("label", Text("Nama", "Name"), known.label),
                _plain("atensi", Text("Komponen ATENSI", "ATENSI component"), known.atensi or ""),
                _plain("pp77", Text("Tahap PP 77/2019", "Stage of PP 77/2019"), known.pp77 or ""),
            ),
        )
        for known in instrument.interventions
    )


def _plain(key: str, label: Text, value: str) -> Fact:
    return Fact(key, label, Text(value, value) if value else NOTHING)


def _text(key: str, label: Text, value: Text | None) -> Fact:
    return Fact(key, label, value or NOTHING)


def _yes(value: bool) -> Text:
    return YES if value else NO


def _codes(codes: Iterable[str]) -> Text:
    told = ", ".join(code.replace("_", " ") for code in codes)
    return Text(told, told) if told else NOTHING


def _labels(instrument: Instrument, bands: Iterable[str]) -> Text:
    labels = [instrument.band(code).label for code in bands]
    return Text(", ".join(t.id for t in labels), ", ".join(t.en for t in labels)) if labels else NOTHING


# ---- what differs ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FactChange:
    """`before` or `after` is None where the fact stands on one side alone."""

    label: Text
    before: Text | None
    after: Text | None

    @property
    def languages(self) -> tuple[str, ...]:
        """In which languages the two differ."""
        left, right = self.before or NOTHING, self.after or NOTHING
        return tuple(code for code in ("id", "en") if getattr(left, code) != getattr(right, code))


@dataclass(frozen=True, slots=True)
class PartChange:
    kind: Kind
    part: Part
    facts: tuple[FactChange, ...]


@dataclass(frozen=True, slots=True)
class ChapterChange:
    kind: Kind
    chapter: Chapter
    parts: tuple[PartChange, ...]


def compare(before: Instrument, after: Instrument) -> tuple[ChapterChange, ...]:
    """What `after` has otherwise than `before`: chapters, parts and facts that differ, and nothing else."""
    old, new = _by_key(outline(before)), _by_key(outline(after))
    changes = []
    for key in _in_order(new, old):
        if key not in old:
            changes.append(ChapterChange("added", new[key], _all("added", new[key])))
        elif key not in new:
            changes.append(ChapterChange("removed", old[key], _all("removed", old[key])))
        elif parts := _parts(old[key], new[key]):
            changes.append(ChapterChange("changed", new[key], parts))
    return tuple(changes)


def _by_key(chapters: Iterable[Chapter]) -> dict[str, Chapter]:
    return {chapter.key: chapter for chapter in chapters}


def _in_order(new: Mapping[str, object], old: Mapping[str, object]) -> list[str]:
    """The keys of both, in the new order; what is gone comes after what it followed."""
    keys = list(new)
    before = ""
    for key in old:
        if key not in new:
            keys.insert(keys.index(before) + 1 if before in keys else 0, key)
        before = key
    return keys


def _all(kind: Kind, chapter: Chapter) -> tuple[PartChange, ...]:
    return tuple(_whole(kind, part) for part in chapter.parts)


def _whole(kind: Kind, part: Part) -> PartChange:
    return PartChange(
        kind,
        part,
        tuple(
            FactChange(f.label, None, f.value) if kind == "added" else FactChange(f.label, f.value, None)
            for f in part.facts
        ),
    )


def _parts(old: Chapter, new: Chapter) -> tuple[PartChange, ...]:
    left, right = {part.key: part for part in old.parts}, {part.key: part for part in new.parts}
    changes = []
    for key in _in_order(right, left):
        if key not in left:
            changes.append(_whole("added", right[key]))
        elif key not in right:
            changes.append(_whole("removed", left[key]))
        elif facts := _facts(left[key], right[key]):
            changes.append(PartChange("changed", right[key], facts))
    return tuple(changes)


def _facts(old: Part, new: Part) -> tuple[FactChange, ...]:
    left, right = {fact.key: fact for fact in old.facts}, {fact.key: fact for fact in new.facts}
    return tuple(
        FactChange(
            (right.get(key) or left[key]).label,
            left[key].value if key in left else None,
            right[key].value if key in right else None,
        )
        for key in _in_order(right, left)
        if key not in left or key not in right or left[key].value != right[key].value
    )
