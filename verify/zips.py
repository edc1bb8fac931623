"""
An office document's zip, opened with care.

Both the zip and the XML in it can be made to hurt: members are bounded before they are
unpacked, and no entity is ever resolved.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from verify.errors import VerifyError

Element: TypeAlias = Any
"""An element of lxml, which has no types of its own."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"

# The parts that we read are text: a book of a million words has about 40 MB of such XML.
# Deflate shrinks real documents 5 to 20 times, and a bomb up to 1,000 times.
MOST_BYTES = 100 * 1024 * 1024
MOST_SHRUNK = 200
SMALL = 1024 * 1024

MOST_MEMBERS = 10_000
"""A book with a picture on each page has about 1,000."""

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,  # encrypted
    NotImplementedError,  # an unknown way of packing
    OSError,
    EOFError,
    ValueError,
)


class Package:
    """The members of a DOCX, by name. A subclass says which error a damaged one is."""

    def __init__(self, body: bytes) -> None:
        """Open the zip, or say that it is none."""
        self._left = MOST_BYTES
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except DAMAGED as error:
            raise self.failed(f"it is no DOCX file ({error})") from None
        names = self._zip.namelist()
        if len(names) > MOST_MEMBERS or len(set(names)) < len(names):
            # Of two members with one name, programs differ in which they read.
            raise self.failed("it has too many members, or two of one name")

    def failed(self, reason: str) -> VerifyError:
        """Return the error to raise for this reason."""
        raise NotImplementedError

    def tree(self, path: str) -> Element | None:
        """Return the XML of one member, or `None` where there is no such member."""
        from lxml import etree

        data = self._read(path)
        if data is None:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        try:
            # the strict form of the standard has other namespaces and is the same otherwise
            return etree.fromstring(data.replace(STRICT, TRANSITIONAL), parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.failed(f"{path} in it is damaged ({error})") from None

    def links(self, path: str) -> dict[str, str]:
        """Return the addresses that the links of a member lead to, by their ids."""
        folder, file = posixpath.split(path)
        tree = self.tree(f"{folder}/_rels/{file}.rels")
        if tree is None:
            return {}
        return {
            r.get("Id") or "": r.get("Target") or ""
            for r in tree.iterchildren("{*}Relationship")
            if r.get("TargetMode") == "External"
        }

    def _read(self, path: str) -> bytes | None:
        try:
            info = self._zip.getinfo(path)
        except KeyError:
            return None
        is_bomb = info.file_size > SMALL and info.file_size > MOST_SHRUNK * info.compress_size
        if is_bomb or info.file_size > self._left:
            raise self.failed(f"{path} in it unpacks to {info.file_size >> 20} MB")
        try:
            with self._zip.open(info) as member:
                # the header may lie: never read more than it says
                data = member.read(info.file_size)
        except DAMAGED as error:
            raise self.failed(f"{path} in it is damaged ({error})") from None
        self._left -= len(data)
        return data
