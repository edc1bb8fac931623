"""
An Argos package run by our own batching, over ctranslate2 and sentencepiece.

argostranslate needs torch and more to do the same, joins sentences before it decodes them,
and sends 32 tokens a batch: 240-400 ms a sentence on a model of real size, where batches of
1,024 tokens take 77 ms with four beams and 24-32 ms with one (2 loaded cores).
"""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING, Any

from verify.errors import ModelError
from verify.translate.packages import tokenizer_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from verify.model import Language
    from verify.translate.cache import TranslationCache
    from verify.translate.packages import Package

# Changes whenever the same package would give another translation of the same sentence.
REVISION = 1

# The batch that the times above were measured with.
BATCH_TOKENS = 1024

# ctranslate2 cuts its input silently at 1,024 tokens and its output at `max_decoding_length`.
# Argos's models were trained on sentences: of the Persian ones of TICO-19 and FLORES-dev 99 %
# have at most 426 and 230 characters, so that nearly every true sentence stays whole.
PIECE_CHARACTERS = 450
PIECE_TOKENS = 200
OUTPUT_TOKENS = 400

# What argostranslate translates with; our demonstration package was made for one.
BEAMS = 4
DEMONSTRATION_BEAMS = 1

# argostranslate's own; a longer penalty makes its models stop too early.
LENGTH_PENALTY = 0.2

# With the space, so that no number such as 12,500 is cut in two.
PAUSES = ("، ", "؛ ", ", ", "; ")

REINSTALL = "install it again with `verify models install FILE`"

WORDLESS = re.compile(r"[\W_]*\Z")


class PackageTranslator:
    """Translates with one installed package. Loads it at the first sentence; thread-safe."""

    def __init__(
        self,
        package: Package,
        *,
        beam_size: int | None = None,
        threads: int = 0,
        cache: TranslationCache | None = None,
    ) -> None:
        """Set `threads` to 0 to leave their number to ctranslate2."""
        if package.tokenizer != "sentencepiece":
            raise ModelError(
                f"{package.label} cuts words by {package.tokenizer}.model, which is not supported",
                hint="use a package with a sentencepiece.model",
            )
        default = DEMONSTRATION_BEAMS if package.demonstration else BEAMS
        self.package = package
        self._beam_size = beam_size or default
        self._threads = threads
        self._cache = cache
        self._lock = Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """The package and its version, for the report."""
        return self.package.label

    @property
    def source(self) -> Language:
        """The language that it reads."""
        return self.package.source

    def translate(self, sentences: Sequence[str]) -> list[str]:
        """
        Return one translation a sentence, in the same order; an empty one stays empty.

        So does one that the package itself says it cannot read (see `Package.minimum_score`).
        """
        pieces = [list(cut(sentence)) for sentence in sentences]
        wanted = list(dict.fromkeys(p for some in pieces for p in some if not WORDLESS.match(p)))
        known = self._recall(wanted)
        return [join([known.get(piece, piece) for piece in some]) for some in pieces]

    def _recall(self, texts: list[str]) -> Mapping[str, str]:
        """Translate only what no earlier run has translated."""
        if self._cache is None:
            return dict(zip(texts, self._run(texts), strict=True))
        context = f"{self.package.digest} beams={self._beam_size} revision={REVISION}"
        known = self._cache.read(context, texts)
        missing = [text for text in texts if text not in known]
        fresh = dict(zip(missing, self._run(missing), strict=True))
        self._cache.write(context, fresh)
        return known | fresh

    def _run(self, texts: list[str]) -> list[str]:
        if not texts:
            return []
        tokenizer, model = self._load()
        encoded = [tokenizer.encode(text, out_type=str) for text in texts]
        chunks = [list(_chunks(tokens)) for tokens in encoded]
        flat = [chunk for some in chunks for chunk in some]
        prefix = self.package.target_prefix
        try:
            results = model.translate_batch(
                flat,
                target_prefix=[[prefix]] * len(flat) if prefix else None,
                beam_size=self._beam_size,
                length_penalty=LENGTH_PENALTY,
                replace_unknowns=True,
                return_scores=True,
                max_batch_size=BATCH_TOKENS,
                batch_type="tokens",
                max_decoding_length=OUTPUT_TOKENS,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{self.name} cannot translate: {error}", hint=REINSTALL) from error
        lines = iter([self._decode(tokenizer, result) for result in results])
        return [join([next(lines) for _ in some]) for some in chunks]

    def _decode(self, tokenizer: Any, result: Any) -> str:
        """Join the pieces; `decode_pieces` leaves a word marker that stood within a piece."""
        tokens = result.hypotheses[0]
        if not is_sure(self.package, result.scores[0], len(tokens)):
            return ""
        text = str(tokenizer.decode_pieces(tokens)).replace("\u2581", " ")
        return " ".join(text.removeprefix(self.package.target_prefix).split())

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = _open(self.package, self._threads)
            return self._loaded


def is_sure(package: Package, score: float, tokens: int) -> bool:
    """Say whether a score, which LENGTH_PENALTY has divided, is what the package asks for."""
    if package.minimum_score is None:
        return True
    # the end of the sentence counts too
    mean = score * float(tokens + 1) ** (LENGTH_PENALTY - 1)
    return bool(mean >= package.minimum_score)


def join(pieces: Sequence[str]) -> str:
    """Join the translations of one text; of a text that was read in part we show nothing."""
    return " ".join(pieces) if all(pieces) else ""


def cut(text: str) -> Iterator[str]:
    """Cut a text into its sentences, and those into pieces that a model can take."""
    from verify.language.sentences import split

    # half a surrogate pair is no text, and sentencepiece refuses it
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    for span in split(line):
        yield from _shorten(line[span.start : span.end].strip())


def _shorten(sentence: str) -> Iterator[str]:
    """Cut after a comma or a semicolon, else at a space, else anywhere, in linear time."""
    start = 0
    while len(sentence) - start > PIECE_CHARACTERS:
        window = sentence[start : start + PIECE_CHARACTERS]
        end = max(window.rfind(mark, PIECE_CHARACTERS // 2) for mark in PAUSES)
        end = end if end >= 0 else window.rfind(" ", 1)
        end = start + (end + 1 if end > 0 else PIECE_CHARACTERS)
        yield sentence[start:end].strip()
        start = end
    if sentence[start:].strip():
        yield sentence[start:].strip()


def _chunks(tokens: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(tokens), PIECE_TOKENS):
        yield tokens[start : start + PIECE_TOKENS]


def _open(package: Package, threads: int) -> tuple[Any, Any]:
    """Load tokenizer and model; their libraries raise what they like, we raise ModelError."""
    import ctranslate2
    import sentencepiece

    try:
        tokenizer = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer_file(package)))
        model = ctranslate2.Translator(
            str(package.path / "model"), device="cpu", inter_threads=1, intra_threads=threads
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(
            f"{package.label} does not load: {error}",
            hint=REINSTALL,
        ) from error
    return tokenizer, model
