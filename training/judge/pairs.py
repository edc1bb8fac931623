"""
The pairs the judge learns from: labelled sets, and pairs made by rule from parallel text.

A sentence and its translation are the raw material. The claim is one of the two (in English,
mostly), the passage holds the other among its neighbours, at any place. Then, in turn: the
claim is true; it is true and shorter; one side is edited; the sentence is taken out of the
passage; the passage is about something alike; a clause is added that the passage does not
hold. So neither side alone tells the label.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from training.judge import edits, sources
from training.judge.edits import CONTRADICTION, ENTAILMENT, NEUTRAL, NOT_ENTAILED
from verify.judge.words import script
from verify.language.fold import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.judge.sources import Labelled, Sentence, Written

_LABELS = {"supported": ENTAILMENT, "neutral": NEUTRAL, "contradicted": CONTRADICTION}

# Words in a passage, so that a pair rarely passes the longest input (256 pieces).
_PASSAGE_WORDS = 125
# Clauses after which an English sentence may be cut and stay true.
_CUT_EN = re.compile(
    r"(?:, (?:which|who|where|including|such as|with|and|but|as well as|because|while|although|"
    r"especially|particularly)\b| because | although | while | whereas | such as |; )"
)
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]{1,80}[)\]]")
# A Persian clause ends with its verb: cut there, before a comma or «و».
_CUT_FA = re.compile(
    r"(?:است|بود|بودند|شد|شدند|کرد|کردند|دارد|دارند|داد|دادند|میشود|میشوند|میکند|میکنند|میباشد|"
    r"هستند|شدهاند|کردهاند)(?=(?: ?[,;] | و (?!\w+ه )))"
)
# A part of such a sentence may be false where the whole is true.
_CONDITION_EN = re.compile(r"\b(?:if|unless|neither|either|between|both)\b", re.IGNORECASE)
_CONDITION_FA = re.compile(r"\b(?:اگر|مگر|چنانچه|وقتی|هرگاه|بین)\b")
_DIGIT = re.compile(r"\d")
# How many times as often a sentence with a number is taken.
_NUMBERED = 1.5
# Shares of FarsTail's pairs shown with a second passage, and of its passages whose true and false
# claims are set against each other: its 7,266 pairs alone are learnt by heart (.94 right on them
# after 9 million tokens, .80 on others). Chosen.
_BESIDE = 0.25
_CONTRASTED = 0.6
# Shares of the written passages with a claim made of two, with one from the passage before, and
# with one of its own sentences. What is written shares few words where it is borne out and many
# where it is not: without these a judge would learn to mistrust shared words (with few of them it
# was worse on FarsTail and WiCE, where they mean what they seem to).
_JOINED, _ELSEWHERE, _COPIED = 0.6, 0.5, 0.7
_END = re.compile(r"(?<=[.!?؟])\s+")
# Shares of what is known already that a further epoch shows again; chosen. WiCE is small, and
# long passages are the hardest.
_KEPT = {"wice": 1.0, "symmetric": 0.5, "farstail": 0.8, "factcheck": 0.5, "other": 0.35}
_TELLING = re.compile(r"\w{4,}|\d+")


@dataclass(frozen=True)
class Pair:
    """A passage and a claim, both folded, and what the one makes of the other."""

    passage: str
    claim: str
    label: int
    source: str
    kind: str


def training_pairs(seed: int, epoch: int = 0) -> list[Pair]:
    """
    Return all pairs of one epoch, in an order of no meaning.

    The first epoch shows FarsTail twice. Later ones show it once, with more of FEVER and of
    the pairs from the parallel text, each time other ones.
    """
    chance = random.Random(seed + epoch)
    again = 2 if epoch == 0 else 1
    more = 1.0 if epoch == 0 else 1.5
    pairs = [
        *persian_sets(chance, again),
        *english_sets(chance, 3_500 if epoch == 0 else 5_000),
        *parallel_sets(chance, epoch, more),
    ]
    return _folded(pairs)


def further_pairs(seed: int, epoch: int = 0) -> list[Pair]:
    """
    Return one epoch's pairs for a judge that has learned from the sets above.

    All that was written for it, and so much of the rest that it forgets none of it.
    """
    chance = random.Random(seed + 1_000 + epoch)
    known = [
        *persian_sets(chance, 1),
        *english_sets(chance, 3_500),
        *wice(100),
        *parallel_sets(chance, epoch, 0.9),
    ]
    kept = [pair for pair in known if chance.random() < _KEPT.get(pair.source, _KEPT["other"])]
    return _folded([*kept, *written(sources.written(), chance)])


def parallel_sets(chance: random.Random, epoch: int, rows: float) -> list[Pair]:
    """Return pairs made from all of the parallel text that is not kept apart."""
    return [
        *parallel(sources.seed(), chance, rows=rows),
        *parallel(sources.tico(), chance, rows=0.8 * rows),
        *parallel(_clean(sources.single("mizan_dev_en_fa")), chance, rows=1.0),
        *parallel(_clean(sources.single("tatoeba"))[epoch % 2 :: 2], chance, rows=1.0),
    ]


def _folded(pairs: Sequence[Pair]) -> list[Pair]:
    return [replace(p, passage=normalise(p.passage), claim=normalise(p.claim)) for p in pairs]


# -- the labelled sets


def persian_sets(chance: random.Random, again: int) -> list[Pair]:
    """Return FarsTail's training set, so many times, and pairs made of its claims."""
    rows = [row for row in sources.labelled("farstail") if row.split == "Train"]
    pairs = [_pair(row, "farstail") for row in rows]
    denied = []
    for pair in pairs:
        if pair.label == ENTAILMENT and chance.random() < 0.25:
            edit = edits.edited(normalise(pair.claim), edits.PERSIAN, chance)
            if edit:
                label = edit.label
                denied.append(replace(pair, claim=edit.text, label=label, kind=edit.kind))
    among = [_among(pair, chance.choice(pairs), chance) for _ in range(again) for pair in pairs]
    return among + denied + _contrasts(pairs, chance)


def _among(pair: Pair, other: Pair, chance: random.Random) -> Pair:
    """Return the pair, at times with another pair's passage beside its own."""
    if chance.random() >= _BESIDE or other.passage == pair.passage:
        return pair
    texts = [pair.passage, other.passage]
    chance.shuffle(texts)
    return replace(pair, passage=" ".join(texts), kind="among")


def _contrasts(pairs: Sequence[Pair], chance: random.Random) -> list[Pair]:
    """
    Return pairs of two claims on one passage, of which one is true and the other is not.

    They differ in little but what counts, and neither entails the other. Nor does the passage
    entail the two joined.
    """
    claims: dict[str, dict[int, str]] = defaultdict(dict)
    for pair in pairs:
        claims[pair.passage][pair.label] = pair.claim
    found = []
    for passage, own in claims.items():
        true, false = own.get(ENTAILMENT), own.get(CONTRADICTION)
        if not true or not false or chance.random() >= _CONTRASTED:
            continue
        one, other = chance.sample([true, false], 2)
        joined = one.rstrip(" .") + " و " + other
        shown, claim = chance.choice([(true, false), (false, true), (passage, joined)])
        found.append(Pair(shown, claim, NOT_ENTAILED, "farstail", "contrast"))
    return found


def written(rows: Sequence[Written], chance: random.Random) -> list[Pair]:
    """Return the claims of passages written for training, each with its passage."""
    found = []
    for index, row in enumerate(rows):
        near = rows[index - 1].passage if index else ""
        claims = [
            *((claim, ENTAILMENT) for claim in row.entailed),
            *((claim, NEUTRAL) for claim in row.neutral),
            *((claim, CONTRADICTION) for claim in row.contradicted),
        ]
        for claim, label in claims:
            pair = Pair(row.passage, claim, label, "written", "labelled")
            beside = Pair(near, claim, NEUTRAL, "written", "beside")
            found.append(_among(pair, beside, chance) if near else pair)
        found += _joined(row, chance)
        if near and chance.random() < _ELSEWHERE:
            claim = chance.choice([*row.entailed, *row.contradicted])
            found.append(Pair(near, claim, NEUTRAL, "written", "absent"))
        if chance.random() < _COPIED:
            copy = chance.choice(_sentences(row.passage))
            found.append(Pair(row.passage, copy, ENTAILMENT, "written", "copied"))
    return found


def _sentences(passage: str) -> list[str]:
    """Return the sentences of a passage, cut where what is left stays true, if they can be."""
    language = "fa" if script(passage) == "arabic" else "en"
    whole = [part for part in _END.split(passage) if len(part.split()) > 4] or [passage]
    return [shortened(part, language) or part for part in whole]


def _joined(row: Written, chance: random.Random) -> list[Pair]:
    """Return two claims as one: with one that is not borne out, the whole is not."""
    if chance.random() >= _JOINED:
        return []
    first = chance.choice(row.entailed)
    is_true = chance.random() < 0.5
    others = row.entailed if is_true else (*row.neutral, *row.contradicted)
    fitting = [o for o in others if o != first and script(o) == script(first)]
    if not fitting:
        return []
    both = chance.sample([first, chance.choice(fitting)], 2)
    mark = " و " if script(first) == "arabic" else " and "
    claim = both[0].rstrip(" .") + mark + both[1]
    label = ENTAILMENT if is_true else NOT_ENTAILED
    return [Pair(row.passage, claim, label, "written", "joined")]


def english_sets(chance: random.Random, most: int) -> list[Pair]:
    """Return the English sets, each in the amount it is worth: of FEVER so many pairs."""
    fever = [_focused(row, "fever", 70) for row in sources.fever()]
    symmetric = [_focused(row, "symmetric", 70) for row in sources.symmetric()]
    checked = [_focused(row, "factcheck", 110) for row in sources.labelled("factcheck_gpt_stance")]
    doubtful = [pair for pair in checked if pair.label != ENTAILMENT]
    breaking = [_pair(row, "breaking") for row in sources.labelled("breaking_nli")]
    simple = [p for p in breaking if p.label == ENTAILMENT][:200]
    simple += chance.sample([p for p in breaking if p.label == CONTRADICTION], 200)
    return [
        *chance.sample(fever, most),
        *symmetric * 2,
        *[pair for pair in checked if pair.label == ENTAILMENT],
        *chance.sample(doubtful, 400),
        *wice(150),
        *simple,
    ]


def wice(words: int) -> list[Pair]:
    """Return one half of WiCE, each passage brought down to so many words."""
    rows = sources.labelled("wice_claim_oracle_chunk", "wice_claim_doc")
    return [_focused(row, "wice", words) for row in rows if sources.half(row.claim) == 0]


def _pair(row: Labelled, source: str) -> Pair:
    label = _LABELS.get(row.label, NOT_ENTAILED)
    return Pair(row.passage, row.claim, label, source, "labelled")


def _focused(row: Labelled, source: str, words: int) -> Pair:
    """Return the pair with its long passage brought down to what bears on the claim."""
    passage = sources.detokenised(row.passage)
    claim = sources.detokenised(row.claim)
    pair = _pair(row, source)
    label = pair.label
    if source == "wice" and label == NEUTRAL:
        label = NOT_ENTAILED
    return replace(pair, passage=sources.focused(passage, claim, words), claim=claim, label=label)


# -- the parallel text


def _clean(sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences that say something: no fragments of a few words."""
    return [s for s in sentences if len(s.english.split()) >= 5]


@dataclass(frozen=True)
class _Anchor:
    """A sentence with its place in the list of all, and the languages of the two sides."""

    index: int
    claim: str
    claim_language: str
    passage: str
    passage_language: str


def parallel(sentences: Sequence[Sentence], chance: random.Random, rows: float) -> list[Pair]:
    """Return pairs made from the sentences: `rows` of them for each, on average."""
    sentences = [
        replace(s, persian=normalise(s.persian), other=normalise(s.other)) for s in sentences
    ]
    maker = _Maker(sentences, chance)
    found = []
    for index, sentence in enumerate(sentences):
        if 4 <= len(sentence.english.split()) <= 50:
            # Few sentences hold a number, and a changed number must always be seen.
            wanted = rows * (_NUMBERED if _DIGIT.search(sentence.english) else 1)
            wanted = int(wanted) + (chance.random() < wanted % 1)
            found += [maker.pair(index) for _ in range(wanted)]
    return found


class _Maker:
    """Makes pairs from sentences of documents."""

    def __init__(self, sentences: Sequence[Sentence], chance: random.Random) -> None:
        self.sentences, self.chance = sentences, chance
        self.alike = _Alike([s.english for s in sentences])
        pool = edits.names(s.english for s in sentences)
        self.rules = {"en": edits.ENGLISH | {"name": edits.name(pool)}, "fa": edits.PERSIAN}
        # What the claim may be, and how often.
        self.ways = {
            self.true: 0.24,
            self.shorter: 0.17,
            self.edited: 0.38,
            self.absent: 0.10,
            self.similar: 0.06,
            self.added: 0.05,
        }

    def pair(self, index: int) -> Pair:
        """Return a pair made in the first way that can be gone with this sentence."""
        anchor = self._anchor(index)
        left = dict(self.ways)
        while True:
            way = self.chance.choices(list(left), list(left.values()))[0]
            del left[way]
            if found := way(anchor):
                return found

    def _anchor(self, index: int) -> _Anchor:
        """Choose the languages: an English claim on a Persian passage, mostly."""
        sentence = self.sentences[index]
        claim, passage = self.chance.choices(
            [("en", "fa"), ("fa", "en"), ("fa", "fa"), ("en", "en")], [0.62, 0.14, 0.14, 0.10]
        )[0]
        said = {"en": sentence.english, "fa": sentence.persian}
        # Two translations of one sentence are a paraphrase, which a copy is not.
        asserted = sentence.other if (claim, passage) == ("fa", "fa") and sentence.other else ""
        return _Anchor(index, asserted or said[claim], claim, said[passage], passage)

    def _text(self, index: int, language: str) -> str:
        sentence = self.sentences[index]
        return sentence.english if language == "en" else sentence.persian

    def _around(self, anchor: _Anchor, core: str | None) -> str:
        """Return `core` among some of its neighbours; None leaves only the neighbours."""
        document = self.sentences[anchor.index].document
        most = self.chance.choices([0, 1, 2, 3], [0.38, 0.27, 0.2, 0.15])[0]
        before = self.chance.randint(0, most) if core is not None else 1
        after = most - before if core is not None else max(1, most)
        texts = [core] if core is not None else []
        words = len((core or "").split())
        for step, count in ((-1, before), (1, after)):
            for distance in range(1, count + 1):
                there = anchor.index + step * distance
                if not 0 <= there < len(self.sentences):
                    break
                if self.sentences[there].document != document:
                    break
                text = self._text(there, anchor.passage_language)
                words += len(text.split())
                if words > _PASSAGE_WORDS:
                    break
                texts.insert(0 if step < 0 else len(texts), text)
        return " ".join(texts)

    def _pair(self, anchor: _Anchor, passage: str, claim: str, label: int, kind: str) -> Pair:
        source = self.sentences[anchor.index].source
        languages = f"{anchor.claim_language}-{anchor.passage_language}"
        return Pair(passage, claim, label, f"{source}:{languages}", kind)

    def true(self, anchor: _Anchor) -> Pair:
        """Claim the translation: it is entailed."""
        passage = self._around(anchor, anchor.passage)
        return self._pair(anchor, passage, anchor.claim, ENTAILMENT, "true")

    def shorter(self, anchor: _Anchor) -> Pair | None:
        """Claim a part of the translation: it is entailed too."""
        claim = shortened(anchor.claim, anchor.claim_language)
        if not claim:
            return None
        passage = self._around(anchor, anchor.passage)
        return self._pair(anchor, passage, claim, ENTAILMENT, "shorter")

    def edited(self, anchor: _Anchor) -> Pair | None:
        """Change one side: the claim, or the passage in its own language."""
        if self.chance.random() < 0.62:
            claim = anchor.claim
            if self.chance.random() < 0.25:
                claim = shortened(claim, anchor.claim_language) or claim
            edit = edits.edited(claim, self.rules[anchor.claim_language], self.chance)
            if not edit:
                return None
            passage = self._around(anchor, anchor.passage)
            return self._pair(anchor, passage, edit.text, edit.label, edit.kind)
        # A passage that says more than the claim entails it: no strengthening on this side.
        rules = {k: r for k, r in self.rules[anchor.passage_language].items() if k != "stronger"}
        edit = edits.edited(anchor.passage, rules, self.chance)
        if not edit:
            return None
        passage = self._around(anchor, edit.text)
        return self._pair(anchor, passage, anchor.claim, edit.label, f"{edit.kind} in passage")

    def absent(self, anchor: _Anchor) -> Pair | None:
        """Show the neighbours alone, which do not say it."""
        passage = self._around(anchor, None)
        if len(passage.split()) < 5 or self.alike.near(anchor.index, anchor.index + 1):
            return None
        return self._pair(anchor, passage, anchor.claim, NEUTRAL, "absent")

    def similar(self, anchor: _Anchor) -> Pair | None:
        """Show another sentence with the same names and words, which does not say it."""
        other = self.alike.most(anchor.index, self.chance)
        if other is None:
            return None
        elsewhere = replace(anchor, index=other)
        passage = self._around(elsewhere, self._text(other, anchor.passage_language))
        if self._text(anchor.index, anchor.passage_language) in passage:
            return None
        return self._pair(anchor, passage, anchor.claim, NOT_ENTAILED, "similar")

    def added(self, anchor: _Anchor) -> Pair | None:
        """Add a clause from elsewhere, or the next sentence's, which is then shown."""
        shown = self.chance.random() < 0.4
        other = anchor.index + 1 if shown else self.alike.most(anchor.index, self.chance)
        if other is None or other >= len(self.sentences):
            return None
        if shown and self.sentences[other].document != self.sentences[anchor.index].document:
            return None
        language = anchor.claim_language
        first = shortened(anchor.claim, language) or anchor.claim
        second = self._text(other, language)
        second = shortened(second, language) or second
        if len(first.split()) + len(second.split()) > 45:
            return None
        claim = first.rstrip(" .") + (", and " if language == "en" else " و ") + second
        core = anchor.passage
        if shown:
            core += " " + self._text(other, anchor.passage_language)
        passage = self._around(anchor, anchor.passage) if not shown else core
        label = ENTAILMENT if shown else NOT_ENTAILED
        return self._pair(anchor, passage, claim, label, "joined" if shown else "added")


class _Alike:
    """Which sentences share rare words, so that they are easily taken for one another."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.bags = [set(_TELLING.findall(text.casefold())) for text in texts]
        counts = Counter(word for bag in self.bags for word in bag)
        self.places: dict[str, list[int]] = defaultdict(list)
        for index, bag in enumerate(self.bags):
            for word in bag:
                if 2 <= counts[word] <= 60:
                    self.places[word].append(index)

    def near(self, one: int, other: int) -> bool:
        """Whether two sentences are nearly the same, so that each may entail the other."""
        if other >= len(self.bags):
            return False
        shared = len(self.bags[one] & self.bags[other])
        return shared > 0.55 * max(1, min(len(self.bags[one]), len(self.bags[other])))

    def most(self, index: int, chance: random.Random) -> int | None:
        """Return one of the sentences that share most with this one and are not the same."""
        votes: Counter[int] = Counter()
        for word in sorted(self.bags[index]):  # ties must fall alike in every run
            places = self.places.get(word, [])
            for place in places:
                votes[place] += 1
        near = [
            place
            for place, shared in votes.most_common(9)
            if abs(place - index) > 1 and shared >= 2 and not self.near(index, place)
        ]
        return chance.choice(near[:4]) if near else None


def shortened(text: str, language: str) -> str | None:
    """Return a part of the sentence that is true when the whole is, or None."""
    if language == "en":
        bare = _BRACKETED.sub("", text)
        match = next((m for m in _CUT_EN.finditer(bare) if _enough(bare[: m.start()])), None)
        if match and not _CONDITION_EN.search(bare):
            return bare[: match.start()].rstrip(" ,;") + "."
        return bare if bare != text and _enough(bare) else None
    bare = _BRACKETED.sub("", text)
    match = next((m for m in _CUT_FA.finditer(bare) if _enough(bare[: m.end()])), None)
    if match and not _CONDITION_FA.search(bare):
        return bare[: match.end()] + "."
    return bare if bare != text and _enough(bare) else None


def _enough(text: str) -> bool:
    return len(text.split()) >= 6
