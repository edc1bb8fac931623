"""Report -> Findings: every rule, in the order in which they are documented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify.rules import cit, clm, doc, net, quo, src

if TYPE_CHECKING:
    from verify.model import Finding, Report
    from verify.rules.rule import Rule

# Codes follow the table of docs/rules and are never reused. Missing numbers belong to rules
# whose evidence is not collected yet: NET004 soft-missing-page, NET005 unarchived-source,
# NET007 paywalled-source.
RULES: tuple[Rule, ...] = (
    cit.undefined_note,
    cit.unused_note,
    cit.duplicate_note,
    cit.missing_address,
    cit.unreadable_date,
    cit.future_access_date,
    cit.unbalanced_quotation_mark,
    cit.garbled_title,
    cit.uncited_quotation,
    cit.missing_publisher,
    src.unknown_source,
    src.unused_source,
    src.duplicate_source,
    src.insecure_address,
    src.unpinned_source,
    net.unreachable_source,
    net.blocked_source,
    net.moved_source,
    net.changed_source,
    doc.unreadable_text,
    doc.unexpected_language,
    doc.untranslatable_language,
    doc.title_mismatch,
    doc.published_after_access,
    quo.missing_quotation,
    quo.altered_quotation,
    quo.silent_omission,
    quo.misattributed_quotation,
    clm.unsupported_claim,
    clm.contradicted_claim,
    clm.mismatched_number,
    clm.mismatched_date,
    clm.mismatched_name,
    clm.reversed_negation,
    clm.weakly_supported_claim,
)


def apply(report: Report) -> tuple[Finding, ...]:
    """
    Run every rule over `report`; findings come in file order.

    Pure: a report whose sources were never fetched has findings on its notes and entries only.
    """
    found = (finding for each in RULES for finding in each.findings(report))
    return tuple(sorted(found, key=_order))


def find(code_or_name: str) -> Rule | None:
    """Return the rule with this code or name, in any case."""
    wanted = code_or_name.strip().lower()
    return next((r for r in RULES if wanted in {r.code.lower(), r.name}), None)


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.flag.position
    return str(finding.flag.path), place.line, place.column, finding.code, finding.flag.message
