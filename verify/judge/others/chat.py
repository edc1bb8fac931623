"""
A language model as judge, behind any OpenAI-compatible endpoint.

Its word alone counts for nothing. An answer other than "not enough" needs words that stand in
the passage, that speak of the claim, and a model that does not say the same of a control claim
which the passage cannot bear out. Whatever fails leaves the passage undecided.
"""

from __future__ import annotations

import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from verify.errors import ModelError
from verify.judge.others import prompt
from verify.judge.others.endpoint import Trouble
from verify.judge.others.tally import Tally
from verify.judge.others.undecided import undecided
from verify.judge.parts import coverage
from verify.judge.quote import ALIGNED, find_quotation
from verify.model import DifferenceKind, Judgement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify.interfaces import Encoder
    from verify.judge.others.endpoint import Endpoint
    from verify.judge.others.prompt import Answer

# Passages of one claim that are asked for at once. Servers of one GPU batch a few; on a busy one
# they wait for each other.
AT_ONCE = 4

# An answer is a quotation of one or two sentences; Persian takes up to a token a letter.
MOST_TOKENS = 1_000

# Answers that are kept for the same question: those of a long article, in a few MB.
KEPT = 4_096

# After so many failures in a row nobody waits for the server any longer.
PATIENCE = 3

# Quotations with fewer letters are found anywhere by accident, as in `quote.py`.
FEWEST_LETTERS = 12

# Of 300 true pairs of FEVER and WiCE 7 % are less alike than this, of 400 halves of Persian
# sentences of FLORES and TICO-19 beside their English claim 2 %; of ten sentences that tell a
# model what to answer, beside 400 claims, 85 to 90 % are.
LIKE = 0.35

# A model says "0.95" or "1" of nearly everything: certainty beyond this is not believed.
SUREST = 0.95

VERBATIM = frozenset(
    {
        DifferenceKind.SPELLING,
        DifferenceKind.DIGIT_SCRIPT,
        DifferenceKind.PUNCTUATION,
        DifferenceKind.SPACING,
        DifferenceKind.CASE,
    }
)

TRIAL_CLAIM = "The old bridge over the river was closed for repairs."
TRIAL_PASSAGE = "The mayor said that the old bridge over the river was closed for repairs."


@dataclass
class ChatJudge:
    """Asks a model on an endpoint; thread-safe. `encoder` compares quotations with claims."""

    model: str
    endpoint: Endpoint
    encoder: Encoder | None = None
    _takes_schema: bool = field(default=True, init=False)
    _failures: int = field(default=0, init=False)
    _tally: Tally = field(default_factory=Tally, init=False, repr=False)
    _known: dict[tuple[str, str], Judgement] = field(default_factory=dict, init=False, repr=False)
    _controls: dict[str, bool] = field(default_factory=dict, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def name(self) -> str:
        """The model, and where it is asked."""
        return f"{self.model} at {self.endpoint.url} (llm, not calibrated)"

    def prove(self) -> None:
        """Ask one question of our own. Raises `ModelError` where the server is of no use."""
        try:
            self._answer(TRIAL_CLAIM, TRIAL_PASSAGE)
        except Trouble as trouble:
            raise ModelError(
                f"the judge {self.model} at {self.endpoint.url} cannot be asked: {trouble}",
                hint=_hint(trouble.status),
            ) from None
        except prompt.Invalid as error:
            raise ModelError(
                f"the judge {self.model} does not answer as it was asked to: {error}",
                hint="try a larger model, or one that does not think aloud",
            ) from None

    def judge(self, claim: str, passages: Sequence[str]) -> list[Judgement]:
        """Return one judgement a passage, in order."""
        fresh = [p for p in dict.fromkeys(passages) if (claim, p) not in self._known]
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="judge") as pool:
            made = dict(zip(fresh, pool.map(lambda p: self._judged(claim, p), fresh), strict=True))
        # What failed may go well the next time; what was answered stays answered.
        found = [made[p] if p in made else self._known[claim, p] for p in passages]
        if len(self._known) > KEPT:
            self._known.clear()
            self._controls.clear()
        self._known |= {(claim, p): j for p, j in made.items() if j.abstained is None}
        return found

    def notices(self) -> list[str]:
        """Say what was sent where, what it took, and what came of it."""
        return self._tally.told(self.model, self.endpoint.url)

    def _judged(self, claim: str, passage: str) -> Judgement:
        if not any(c.isalnum() for c in passage):
            return undecided("there is no text to judge")
        if self._failures >= PATIENCE:
            return self._set_aside("the judge was not asked, since it had failed several times")
        try:
            return self._weighed(claim, passage, self._answer(claim, passage))
        except Trouble as trouble:
            with self._lock:
                self._failures += 1
            return self._set_aside(f"the judge gave no answer: {trouble}")
        except prompt.Invalid as error:
            return self._set_aside(f"the judge's answer was not in the form asked for: {error}")

    def _weighed(self, claim: str, passage: str, answer: Answer) -> Judgement:
        """Return what an answer is worth, once it has been looked into."""
        sure = min(SUREST, answer.confidence)
        if answer.verdict == prompt.NOT_ENOUGH:
            return Judgement((1 - sure) / 2, 0.0)
        if not is_verbatim(answer.quote, passage):
            return self._set_aside("the words that the judge quotes are not in the passage")
        if self._likeness(claim, answer.quote) < LIKE:
            return self._set_aside("the words that the judge quotes do not speak of the claim")
        if not self._withstands(passage):
            return self._set_aside(
                "the judge also answered so for a control claim that the passage cannot bear out"
            )
        if answer.verdict == prompt.SUPPORTED:
            return Judgement(sure, 0.0)
        return Judgement((1 - sure) / 2, sure)

    def _likeness(self, claim: str, quote: str) -> float:
        likeness = coverage(claim, quote)
        if self.encoder is not None:
            from verify.judge.retrieve import stretch

            vectors = self.encoder.encode([claim, quote])
            likeness = max(likeness, stretch(float(vectors[0] @ vectors[1])))
        return likeness

    def _withstands(self, passage: str) -> bool:
        """Whether the model says "not enough" of a claim that the passage cannot speak of."""
        known = self._controls.get(passage)
        if known is None:
            number = secrets.randbelow(90_000) + 10_000
            claim = f"The control number of this document is {number}."
            known = self._answer(claim, passage).verdict == prompt.NOT_ENOUGH
            self._controls[passage] = known
        return known

    def _set_aside(self, reason: str) -> Judgement:
        self._tally.abstain(reason)
        return undecided(reason)

    def _answer(self, claim: str, passage: str) -> Answer:
        """Ask, and once more where the answer is not of the form asked for."""
        asked = prompt.messages(claim, passage)
        try:
            return prompt.read(self._content(asked))
        except prompt.Invalid as error:
            return prompt.read(self._content([*asked, prompt.again(str(error))]))

    def _content(self, asked: list[dict[str, str]]) -> Any:
        """Return the text of the first choice."""
        try:
            answer = self._post(asked)
        except Trouble as trouble:
            if not self._takes_schema or trouble.status not in {400, 404, 415, 422, 501}:
                raise
            # Some servers know no response_format; a wrong model fails the second time, too.
            self._takes_schema = False
            answer = self._post(asked)
        self._failures = 0
        try:
            return answer["choices"][0]["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise Trouble("its answer is not that of an OpenAI-compatible server") from None

    def _post(self, asked: list[dict[str, str]]) -> Any:
        payload: dict[str, Any] = {
            "model": self.model,
            "messages": asked,
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "stream": False,
        }
        if self._takes_schema:
            form = {"name": "verdict", "strict": True, "schema": prompt.SCHEMA}
            payload["response_format"] = {"type": "json_schema", "json_schema": form}
        begun = time.monotonic()
        answer: Any = None
        try:
            answer = self.endpoint.post("chat/completions", payload)
        finally:
            self._tally.count(answer, time.monotonic() - begun)
        return answer


def is_verbatim(quote: str, passage: str) -> bool:
    """Whether a passage has these words, spelling aside, with nothing left out or put in."""
    if sum(c.isalnum() for c in quote) < FEWEST_LETTERS:
        return False
    found = find_quotation(quote, passage)
    if found is None or found.method == ALIGNED:
        return False
    return all(d.kind in VERBATIM for d in found.differences)


def _hint(status: int | None) -> str:
    if status in {401, 403}:
        return "set VERIFY_JUDGE_KEY in the environment to the key that the server asks for"
    if status == 404:
        return "see whether the server has this model, and whether --judge-url ends in /v1"
    return "see whether the server runs, and whether --judge-url is its address up to /v1"
