"""
Judges that are not ours, behind the same protocol: `hf:MODEL` and `llm:MODEL`.

`opened` returns one that works, or raises `ModelError` before anything is judged. What such a
judge cannot say it leaves undecided, with the reason, and never guesses.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from verify.errors import SettingsError

if TYPE_CHECKING:
    from verify.interfaces import Encoder, Judge

OWN = "own"
HUB, MODEL = "hf:", "llm:"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which judge a person asked for, and how it may be had."""

    judge: str = OWN
    judge_languages: tuple[str, ...] = ()
    """What an `hf:` model reads; empty where its own card is to say."""
    judge_labels: tuple[str, ...] = ()
    """What an `hf:` model's classes mean, in order; empty where its configuration says."""
    allow_download: bool = False
    """Whether an `hf:` model may be downloaded."""
    judge_url: str | None = None
    """The address of an `llm:` endpoint, up to and with `/v1`."""
    judge_key: str | None = field(default=None, repr=False)
    """What the endpoint asks for; it is sent there and shown nowhere."""
    judge_timeout: float = 60.0
    """Seconds for one answer, all told."""
    judge_insecure: bool = False
    """Whether text may go to another machine over plain http."""
    offline: bool = False
    """Whether no other machine may be asked."""

    @classmethod
    def of(cls, settings: object) -> Choice:
        """Take from the settings of a run what is named as it is here."""
        return cls(**{f.name: getattr(settings, f.name) for f in fields(cls)})


@runtime_checkable
class Accountable(Protocol):
    """A part, such as a judge, that has something to tell the reader of a report."""

    def notices(self) -> list[str]:
        """Return what has happened since it was asked the last time, in whole sentences."""
        ...


def opened(choice: Choice, encoder: Encoder | None = None) -> Judge | None:
    """
    Return the judge that was asked for, ready; `None` for our own.

    Raises `SettingsError` or `ModelError` where it cannot be used.
    """
    if choice.judge == OWN:
        return None
    if choice.judge.startswith(HUB):
        from verify.judge.others.huggingface import load

        return load(
            choice.judge.removeprefix(HUB),
            labels=choice.judge_labels,
            languages=choice.judge_languages,
            download=choice.allow_download and not choice.offline,
        )
    if choice.judge.startswith(MODEL):
        from verify.judge.others.chat import ChatJudge
        from verify.judge.others.endpoint import Endpoint

        if not choice.judge_url:
            raise SettingsError(
                f"{choice.judge} needs the address of its server",
                hint="give --judge-url, such as http://127.0.0.1:11434/v1 for Ollama",
            )
        endpoint = Endpoint.at(
            choice.judge_url,
            key=choice.judge_key,
            timeout=choice.judge_timeout,
            insecure=choice.judge_insecure,
        )
        if choice.offline and not endpoint.is_loopback:
            raise SettingsError(
                f"--offline and a judge at {endpoint.parts.hostname} exclude each other",
                hint="leave out --offline, or run the model on this machine",
            )
        judge = ChatJudge(choice.judge.removeprefix(MODEL), endpoint, encoder)
        judge.prove()
        return judge
    raise SettingsError(
        f"{choice.judge!r} is no judge", hint="give own, hf:FOLDER, hf:NAME or llm:MODEL"
    )


def notices(part: object) -> list[str]:
    """Return what the reader of a report must know of this judge, or of another part."""
    return part.notices() if isinstance(part, Accountable) else []
