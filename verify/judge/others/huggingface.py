"""
Any model that classifies pairs of sentences, from a folder or from the hub's own cache.

The passage is the first text of a pair and the claim the second, as premise and hypothesis are.
Nothing is downloaded unless it is asked for, no code of a model's is run, and weights are read
as safetensors alone (a pickle is a program).
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from verify.errors import ModelError
from verify.judge.others import labels as classes
from verify.judge.others import tongues
from verify.judge.others.labels import Labels, Meaning
from verify.judge.others.undecided import undecided
from verify.model import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from verify.judge.others.tongues import Tongues

FILES = ("*.json", "*.safetensors", "*.model", "*.txt", "README.md")
"""What is taken from the hub: no pickles, no code."""

# Passages are a few sentences; models that read thousands of pieces need a time that grows with
# the square of them.
LONGEST, SHORTEST = 512, 16
BATCH = 16
# Of a passage that is longer than the model reads: neighbouring windows share these pieces, so
# that no sentence is cut in all of them.
SHARED = 32
MOST_WINDOWS = 8

# In characters, before anything is cut into pieces.
LONGEST_CLAIM, LONGEST_PASSAGE = 2_000, 6_000

# Their positions begin after the number of the padding piece (RoBERTa and what was made of it).
SHIFTED = ("roberta", "camembert", "mpnet", "longformer")


@dataclass
class PairClassifier:
    """Judges with a model that was loaded; one call at a time."""

    label: str
    model: Any
    tokenizer: Any
    labels: Labels
    tongues: Tongues
    longest: int
    digest: str
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)
    _refused: int = field(default=0, init=False)
    _is_new: bool = field(default=True, init=False)

    @property
    def name(self) -> str:
        """The model, and the beginning of its weights' digest."""
        return f"{self.label} ({self.digest[:8]}, not calibrated)"

    def judge(self, claim: str, passages: Sequence[str]) -> list[Judgement]:
        """Return one judgement a passage, in order; undecided where it may not be shown."""
        said, texts = _sound(claim, LONGEST_CLAIM), [_sound(p, LONGEST_PASSAGE) for p in passages]
        found: dict[str, Judgement] = {}
        asked: list[str] = []
        for text in dict.fromkeys(texts):
            reason = self._objection(said, text)
            if reason is None:
                asked.append(text)
            else:
                found[text] = undecided(reason)
        found |= dict(zip(asked, self._judged(said, asked), strict=True))
        return [found[text] for text in texts]

    def notices(self) -> list[str]:
        """Say what the model is not asked, and what it cannot tell."""
        said = []
        if self._is_new and self.tongues.is_assumed:
            said.append(
                f"{self.label} does not say which languages it reads, so it was shown English "
                "alone; say more with --judge-languages"
            )
        if self._is_new and not self.labels.can_contradict:
            said.append(f"{self.label} cannot tell a denial from silence, so it denies nothing")
        if self._refused:
            said.append(
                f"{self._refused} passages or claims were kept from {self.label}, "
                f"which reads {self.tongues.shown}"
            )
        self._is_new, self._refused = False, 0
        return said

    def _objection(self, claim: str, passage: str) -> str | None:
        if not any(c.isalnum() for c in passage):
            return "there is no text to judge"
        for text, what in ((claim, "the claim"), (passage, "the passage")):
            if self.tongues.refuses(text):
                self._refused += 1
                return (
                    f"{what} is in a language that the judge does not read "
                    f"({self.label} reads {self.tongues.shown})"
                )
        return None

    def _judged(self, claim: str, passages: Sequence[str]) -> Iterator[Judgement]:
        """Yield the judgement of each passage; of a long one, that of its best window."""
        best: dict[int, list[float]] = {}
        for number, shares in self._shares(claim, passages):
            held = best.setdefault(number, shares)
            if self._supports(shares) > self._supports(held):
                best[number] = shares
        for number in range(len(passages)):
            yield self._judgement(best[number])

    def _shares(self, claim: str, passages: Sequence[str]) -> Iterator[tuple[int, list[float]]]:
        """Yield, for every window of every passage, the passage's number and the shares."""
        import torch

        if not passages:
            return
        with self._lock, torch.inference_mode():
            rows = self._rows(claim, passages)
            for start in range(0, len(rows), BATCH):
                some = rows[start : start + BATCH]
                batch = self.tokenizer.pad([row for _, row in some], return_tensors="pt")
                logits = self.model(**batch.to(self.model.device)).logits.float().cpu()
                shares = logits.sigmoid() if logits.shape[-1] == 1 else logits.softmax(-1)
                yield from zip((number for number, _ in some), shares.tolist(), strict=True)

    def _rows(self, claim: str, passages: Sequence[str]) -> list[tuple[int, dict[str, Any]]]:
        """Cut pairs into pieces: the claim is kept whole up to half of the room."""
        said = self._beginning(claim)
        rows = []
        for number, passage in enumerate(passages):
            cut = self.tokenizer(
                passage,
                said,
                truncation="only_first",
                max_length=self.longest,
                stride=min(SHARED, self.longest // 8),
                return_overflowing_tokens=True,
            )
            names = [n for n in cut if n in self.tokenizer.model_input_names]
            windows = min(len(cut["input_ids"]), MOST_WINDOWS)
            rows += [(number, {n: cut[n][i] for n in names}) for i in range(windows)]
        return rows

    def _beginning(self, claim: str) -> str:
        cut = self.tokenizer(
            claim,
            add_special_tokens=False,
            truncation=True,
            max_length=self.longest // 2,
            return_offsets_mapping=True,
        )
        ends = [end for _, end in cut["offset_mapping"]]
        return claim[: max(ends, default=0)]

    def _supports(self, shares: Sequence[float]) -> float:
        return self.labels.share(Meaning.SUPPORTED, shares)

    def _judgement(self, shares: Sequence[float]) -> Judgement:
        if not all(math.isfinite(share) for share in shares):
            return undecided("the judge's scores are no numbers")
        denied = self.labels.share(Meaning.CONTRADICTED, shares)
        return Judgement(self._supports(shares), denied)


def load(
    name: str, *, labels: Sequence[str] = (), languages: Sequence[str] = (), download: bool = False
) -> PairClassifier:
    """Load the model of a folder or of the hub. Raises `ModelError` with a next step."""
    if _is_path(name) and not Path(name).expanduser().is_dir():
        raise ModelError(f"the judge's folder {name} does not exist", hint="give a model's folder")
    _still(download=download)
    transformers = _import("transformers")
    folder = _folder(name, download=download)
    shown = folder.name if Path(name).is_dir() else name
    try:
        config = _config(folder)
        meant = classes.read(_id2label(config), labels)
    except ModelError as error:
        raise ModelError(f"cannot use {shown} as a judge: {error}", hint=error.hint) from None
    weights = _weights(folder, shown)
    known = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(str(folder), use_fast=True, **known)
        model, told = transformers.AutoModelForSequenceClassification.from_pretrained(
            str(folder), use_safetensors=True, output_loading_info=True, **known
        )
    except Exception as error:  # these libraries raise whatever a file makes them
        raise ModelError(
            f"cannot load {shown}: {_first_line(error)}",
            hint="it needs a whole model for sequence classification, with its tokenizer",
        ) from error
    if missing := [*told["missing_keys"], *told["mismatched_keys"]]:
        # they would be drawn by lot, and the judge with them
        raise ModelError(
            f"cannot use {shown}: it lacks weights, such as {str(missing[0])[:100]}",
            hint="take a model that was trained to tell entailment or support",
        )
    if not getattr(tokenizer, "is_fast", False):
        raise ModelError(f"cannot use {shown}: it has no fast tokenizer", hint="add tokenizer.json")
    model.eval().to(_device())
    return PairClassifier(
        label=shown,
        model=model,
        tokenizer=tokenizer,
        labels=meant,
        tongues=tongues.of(languages, folder / "README.md"),
        longest=longest(model.config, tokenizer),
        digest=_digest(weights),
    )


def longest(config: Any, tokenizer: Any) -> int:
    """Return how many pieces a pair may have: what the model and its tokenizer both allow."""
    places = getattr(config, "max_position_embeddings", None) or LONGEST
    if any(kind in str(config.model_type) for kind in SHIFTED):
        places -= (config.pad_token_id or 0) + 1
    most = int(min(LONGEST, places, tokenizer.model_max_length))
    if most < SHORTEST:
        raise ModelError(f"the model reads only {most} pieces at once", hint="take another model")
    return most


# --- the small steps --------------------------------------------------------------------


def _still(*, download: bool) -> None:
    """Keep the libraries from asking the hub for anything; they read this when imported."""
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ["DISABLE_SAFETENSORS_CONVERSION"] = "1"
    os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if not download:
        os.environ["HF_HUB_OFFLINE"] = "1"


def _import(name: str) -> Any:
    import importlib

    try:
        importlib.import_module("torch")
        module = importlib.import_module(name)
    except ImportError as error:
        raise ModelError(
            f"a judge of the hub needs {error.name or name}, which is not installed",
            hint='install it with `pip install -c constraints.txt "verify-sources[hf]"`',
        ) from error
    if name == "transformers":
        module.utils.logging.set_verbosity_error()
        module.utils.logging.disable_progress_bar()
    return module


def _sound(text: str, most: int) -> str:
    """Return the beginning of a text without half characters, which no tokenizer takes."""
    return text[:most].encode("utf-8", "replace").decode()


def _is_path(name: str) -> bool:
    """Whether a name can only be a folder: the hub's are `NAME` and `OWNER/NAME`."""
    return name.startswith(("/", "./", "../", "~")) or name.count("/") > 1


def _folder(name: str, *, download: bool) -> Path:
    """Return the folder of a model: the one named, or the one in the hub's cache."""
    if Path(name).expanduser().is_dir():
        return Path(name).expanduser()
    hub = _import("huggingface_hub")
    try:
        return Path(
            hub.snapshot_download(
                name, local_files_only=not download, allow_patterns=list(FILES), token=None
            )
        )
    except Exception as error:  # a wrong name, no network, no such model, not in the cache
        hint = "see whether the name and the network are right"
        if not download:
            hint = "give a folder, or allow the download with --allow-download"
        what = "cannot be downloaded" if download else "is no folder, and not in the hub's cache"
        raise ModelError(f"the judge {name} {what} ({_first_line(error)})", hint=hint) from error


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        config = None
    if not isinstance(config, dict):
        raise ModelError("it has no config.json that can be read", hint="give a model's folder")
    if "auto_map" in config:
        raise ModelError(
            "it needs code of its own, and no code of a model's is run",
            hint="take a model of an architecture that transformers itself knows",
        )
    made = config.get("architectures") or []
    if not any(str(name).endswith("ForSequenceClassification") for name in made):
        said = ", ".join(map(str, made))[:200] or "nothing"
        raise ModelError(
            f"it is no model for sequence classification (config.json says {said})",
            hint="take one that was trained to tell entailment or support",
        )
    return config


def _id2label(config: dict[str, Any]) -> dict[int, str]:
    """Return the names of the classes; what transformers makes up where there are none."""
    named = config.get("id2label")
    if not isinstance(named, dict):
        count = config.get("num_labels", 2)
        return {i: f"LABEL_{i}" for i in range(count if isinstance(count, int) else 2)}
    try:
        found = {int(key): str(value) for key, value in named.items()}
    except ValueError:
        found = {}
    if sorted(found) != list(range(len(found))):
        raise ModelError("its config.json does not number its classes from 0", hint=classes.HINT)
    return found


def _weights(folder: Path, shown: str) -> list[Path]:
    found = sorted(folder.glob("*.safetensors"))
    if not found:
        raise ModelError(
            f"cannot use {shown}: it has no weights in safetensors",
            hint="convert them, or take a model that has them; pickles are not read",
        )
    return found


def _digest(weights: Sequence[Path]) -> str:
    digests = []
    for path in weights:
        with path.open("rb") as file:
            digests.append(file_digest(file, "sha256").hexdigest())
    from hashlib import sha256

    return digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()


def _device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
