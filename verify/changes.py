"""
Which citations are as they were at a revision of the git repository around the article.

A citation has changed where its claim, its note, its entry in sources.yaml or a local copy of its
source has, and where people say other things of it: a suppression or a decision came, went or was
edited. Whatever cannot be compared counts as changed: a new article, a file that git does not know,
an earlier version that cannot be read.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from subprocess import TimeoutExpired
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TypeAlias

from verify import git, review, sources
from verify.article import read
from verify.errors import InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from subprocess import CompletedProcess

    from verify.model import Article, Citation, Source, SourceId
    from verify.review import Decision

# The largest repositories list their renames in a few seconds; git that waits for longer waits
# for something else, such as a password.
PATIENCE = 120

# How git counts from a commit: HEAD~2, main^, main@{yesterday}.
RELATIVE = re.compile(r"[~^]|@\{")
SHA = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
SHORT = re.compile(r"[0-9a-fA-F]{7,63}")

Words: TypeAlias = tuple[object, ...]
"""Everything that a citation's findings rest on, but for the bytes of its source."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new since `revision`, which is a commit, a branch or a tag."""

    revision: str
    sources_file: Path | None = None

    def unchanged(
        self,
        article: Article,
        entries: Mapping[SourceId, Source],
        decisions: Sequence[Decision] = (),
    ) -> frozenset[Citation]:
        """
        Return the citations of `article` that stood there before, with the same source.

        `decisions` are what people decided by now.
        """
        repository = _Repository.around(article.path, self.revision)
        before = repository.before(article.path)
        if before is None:
            return frozenset()
        listed = self._sources_at(repository, before)
        reviews = review.find(Path(before), Path(listed) if listed else None).as_posix()
        with repository.restored(before, listed, reviews) as root:
            known = _known(root, before, listed, reviews)
        touched = repository.touched(entries.values())
        by_label = sources.by_label(entries)
        return frozenset(
            citation
            for citation in article.citations
            if _words(article, citation, by_label[citation.label], decisions, repository.root)
            in known
            and touched.isdisjoint(by_label[citation.label].files)
        )

    def _sources_at(self, repository: _Repository, article: str) -> str | None:
        """Return the sources.yaml that the article had then."""
        if self.sources_file is not None:
            name = repository.name(self.sources_file)
            return name if name and repository.holding([name]) else None
        folders = Path(article).parents
        names = [(folder / sources.FILE_NAME).as_posix() for folder in folders]
        there = repository.holding(names)
        return next((name for name in names if name in there), None)


def _known(root: Path, article: str, sources_file: str | None, reviews: str) -> frozenset[Words]:
    """Return the words of every citation that the earlier version had."""
    try:
        old = read(root / article)
        entries = sources.join(old, sources.load(root / sources_file) if sources_file else [])
        decisions = review.load(root / reviews)
    except InputError:
        return frozenset()
    by_label = sources.by_label(entries)
    return frozenset(_words(old, c, by_label[c.label], decisions, root) for c in old.citations)


def _words(
    article: Article,
    citation: Citation,
    source: Source,
    decisions: Iterable[Decision],
    root: Path,
) -> Words:
    claim = citation.claim
    notes = tuple(r.raw for r in article.references if r.label == citation.label)
    return (
        (claim.text, claim.kind, claim.context, tuple(q.text for q in claim.quotations)),
        notes,
        (source.urls, source.archives, tuple(_inside(root, path) for path in source.files)),
        (source.title, source.publisher, source.language, source.accessed, source.published),
        (source.quote, source.claim, source.sha256),
        _let_stand(article, citation, source),
        _decided(article, citation, decisions),
    )


def _let_stand(article: Article, citation: Citation, source: Source) -> frozenset[Words]:
    """Return what is asked to stand at a citation, at its note and at its source's entry."""
    notes = [r.span for r in article.references if r.label == citation.label]
    places = [article.position(span.start) for span in (citation.span, *notes)]
    asked = [s for s in article.suppressions if any(s.speaks_for(place) for place in places)]
    return frozenset((s.code, s.reason, s.until, s.fault) for s in (*asked, *source.suppressions))


def _decided(article: Article, citation: Citation, decisions: Iterable[Decision]) -> Words:
    """Return what people decided on the sentences of a note."""
    here = article.path.resolve()
    return tuple(d.review for d in decisions if (d.article, d.label) == (here, citation.label))


def _inside(root: Path, path: Path) -> str:
    """Name a file from the root, so that names in two copies of a repository compare."""
    full = path.resolve()
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else str(full)


# --- git ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Repository:
    """A working tree, compared with one commit."""

    root: Path
    commit: str

    @classmethod
    def around(cls, path: Path, revision: str) -> _Repository:
        """Find the repository of an article, and the commit that `revision` means."""
        folder = path.resolve().parent
        asked = f"cannot use --changed-since {revision}"
        top = _git(folder, "rev-parse", "--show-toplevel")
        if top is None:
            why = _complaint(folder, "rev-parse", "--show-toplevel")
            raise SettingsError(
                f"{asked}: {folder} is in no git repository ({why})",
                hint="leave --changed-since out, and every citation is checked",
            )
        root = Path(top.decode().rstrip("\n")).resolve()
        name = f"{revision}^{{commit}}"
        commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
        if not commit:
            raise _missing(root, revision, asked)
        return cls(root, commit.decode().split()[-1])

    def name(self, path: Path) -> str | None:
        """Return what git calls a file, if it is one of this repository's."""
        full = path.resolve()
        return full.relative_to(self.root).as_posix() if full.is_relative_to(self.root) else None

    def before(self, path: Path) -> str | None:
        """Return the name that a file of today had then; `None` for a new one."""
        name = self.name(path)
        if name is None or name in self.holding([name]):
            return name
        return self._renamed().get(name)

    def holding(self, names: Sequence[str]) -> frozenset[str]:
        """Return those of `names` that the commit has."""
        listed = self._run("ls-tree", "-z", "--name-only", self.commit, "--", *names)
        return frozenset(_split(listed))

    def _renamed(self) -> dict[str, str]:
        # With the index: to compare files, git would filter them by what their repository names.
        options = ("--cached", "--name-status", "-z", "-M", "--diff-filter=R")
        parts = _split(self._run("diff-index", *options, self.commit, "--"))
        return dict(zip(parts[2::3], parts[1::3], strict=True))

    def touched(self, found: Iterable[Source]) -> frozenset[Path]:
        """Return the local copies that are not what they were, or that git does not know."""
        names = {path: self.name(path) for source in found for path in source.files}
        inside = sorted({name for name in names.values() if name is not None})
        blobs = self._blobs(inside)
        return frozenset(
            path
            for path, name in names.items()
            if name not in blobs or not _is_blob(path, blobs[name])
        )

    def _blobs(self, names: Sequence[str]) -> dict[str, str]:
        """Return git's digest of each of the files that the commit has."""
        listed = _split(self._run("ls-tree", "-z", self.commit, "--", *names)) if names else []
        rows = [line.partition("\t") for line in listed]
        return {name: said.split()[-1] for said, _, name in rows}

    @contextmanager
    def restored(self, *names: str | None) -> Iterator[Path]:
        """Put those of the files that there were then into a folder of their own."""
        with TemporaryDirectory(prefix="verify-") as folder:
            root = Path(folder).resolve()  # on some systems the folder is a link
            for name in self.holding([name for name in names if name]):
                path = root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self._run("cat-file", "blob", f"{self.commit}:{name}"))
            yield root

    def _run(self, *arguments: str) -> bytes:
        output = _git(self.root, *arguments)
        if output is None:
            why = _complaint(self.root, *arguments)
            raise SettingsError(
                f"cannot compare with {self.commit[:12]}: git {arguments[0]}: {why}",
                hint="leave --changed-since out, and every citation is checked",
            )
        return output


def _missing(root: Path, revision: str, asked: str) -> SettingsError:
    """Say why there is no such commit: a typing error, or a clone that leaves history out."""
    shallow = _git(root, "rev-parse", "--is-shallow-repository")
    if shallow is not None and shallow.strip() == b"true":
        return SettingsError(
            f"{asked}: this clone is shallow and does not have it",
            hint=f"fetch it first: {_fetching(root, revision)}; or check out with fetch-depth: 0",
        )
    return SettingsError(
        f"{asked}: git knows no such commit",
        hint="give a commit, a branch such as origin/main, or a tag",
    )


def _fetching(root: Path, revision: str) -> str:
    """Return the command that brings a revision into a shallow clone, under its own name."""
    name = RELATIVE.split(revision, maxsplit=1)[0]
    # What is counted from a commit needs the history behind it.
    depth = "--depth=1" if name == revision else "--unshallow"
    remote, _, branch = name.partition("/")
    if branch and remote in (_git(root, "remote") or b"").decode("utf-8", "replace").split():
        return _command(depth, remote, f"{branch}:refs/remotes/{name}")
    if name in {"", "HEAD"}:
        return _command(depth)
    if name.startswith("refs/"):
        return _command(depth, "origin", f"{name}:{name}")
    if SHA.fullmatch(name):
        return _command(depth, "origin", name)
    if SHORT.fullmatch(name):
        return _command("--unshallow")  # no server knows a commit by a part of its name
    branch = _command(depth, "origin", f"{name}:{name}")
    return f"{branch}, where it is a tag {_command(depth, 'origin', 'tag', name)}"


def _command(*arguments: str) -> str:
    return f"`git fetch {' '.join(quote(argument) for argument in arguments)}`"


def _is_blob(path: Path, digest: str) -> bool:
    """
    Whether a file's bytes are those of git's `digest`.

    Git itself would run the filters that a repository names, and what it names is anybody's.
    """
    if not path.is_file():  # a pipe would be waited for
        return False
    try:
        body = path.read_bytes()
    except OSError:
        return False
    kind = {40: "sha1", 64: "sha256"}[len(digest)]
    made = hashlib.new(kind, b"blob %d\0" % len(body) + body, usedforsecurity=False)
    return made.hexdigest() == digest


def _split(output: bytes) -> list[str]:
    """Return the names in what git writes with -z."""
    return [part.decode("utf-8", "surrogateescape") for part in output.split(b"\0") if part]


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git writes, or `None` where it fails."""
    run = _started(folder, arguments)
    return run.stdout if run.returncode == 0 else None


def _complaint(folder: Path, *arguments: str) -> str:
    """Return git's own words for why it fails, on one line."""
    said = _started(folder, arguments).stderr.decode("utf-8", "replace").strip()
    first = said.splitlines()[0] if said else "it says nothing"
    return first.removeprefix("fatal: ").removeprefix("error: ")


def _started(folder: Path, arguments: Sequence[str]) -> CompletedProcess[bytes]:
    try:
        return git.run(folder, *arguments, patience=PATIENCE)
    except FileNotFoundError:
        raise SettingsError(
            "cannot use --changed-since: there is no git on this machine",
            hint="install git, or leave --changed-since out",
        ) from None
    except TimeoutExpired:
        raise SettingsError(
            f"cannot use --changed-since: git {arguments[0]} took more than {PATIENCE} seconds",
            hint="leave --changed-since out, and every citation is checked",
        ) from None
