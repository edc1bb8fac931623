"""Report -> Findings: every rule, in the order in which they are documented."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify.rules import cit, clm, doc, net, quo, rev, src, suppression
from verify.rules.fingerprint import stamped
from verify.rules.shared import together as together

if TYPE_CHECKING:
    from verify.model import Finding, Report
    from verify.rules.rule import Rule

# Codes follow the table of docs/rules and are never reused.
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
    suppression.expired_suppression,
    suppression.unused_suppression,
    suppression.invalid_suppression,
    src.unknown_source,
    src.unused_source,
    src.duplicate_source,
    src.insecure_address,
    src.unpinned_source,
    src.outdated_source,
    net.unreachable_source,
    net.blocked_source,
    net.moved_source,
    net.soft_missing_page,
    net.unarchived_source,
    net.changed_source,
    net.paywalled_source,
    doc.unreadable_text,
    doc.unexpected_language,
    doc.untranslatable_language,
    doc.title_mismatch,
    doc.published_after_access,
    doc.uncertain_text,
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
    clm.opposite_word,
    clm.mismatched_speaker,
    rev.rejected_claim,
    rev.outdated_review,
)


def apply(report: Report) -> tuple[Finding, ...]:
    """
    Run every rule over `report`; findings come in file order.

    Pure: a report whose sources were never fetched has findings on its notes and entries only.
    """
    plain = (rule for rule in RULES if rule not in suppression.RULES)
    found = suppression.settle((f for rule in plain for f in rule.findings(report)), report)
    found = rev.settle(found, report)
    # The rules on suppressions look at what the suppressions covered.
    settled = replace(report, findings=found)
    told = (f for rule in suppression.RULES for f in rule.findings(settled))
    return tuple(stamped(report, sorted((*found, *told), key=_order)))


def find(code_or_name: str) -> Rule | None:
    """Return the rule with this code or name, in any case."""
    wanted = code_or_name.strip().lower()
    return next((r for r in RULES if wanted in {r.code.lower(), r.name}), None)


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.flag.position
    return str(finding.flag.path), place.line, place.column, finding.code, finding.flag.message
