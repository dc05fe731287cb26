"""Manners: what a client did that its service asks clients not to do. One function a manner.

A manner is a function of the evidence that yields findings. What waits are measured by is the
longer of the two clocks' spans: a client that waits by the machine's clock is as patient as one
whose test moves the sandbox's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from mockstatus.domain.timeline import AfterPolls, Ending
from mockstatus.report import setup
from mockstatus.report.evidence import Evidence, Step, Story, is_told
from mockstatus.report.exchanges import (
    asked_wait,
    flat,
    question,
    retry_after_us,
    waited_us,
    was_unanswered,
)
from mockstatus.report.finding import Finding, counted, numbers, of_job, span, times

if TYPE_CHECKING:
    from mockstatus.runtime.exchange import Exchange

Manner = Callable[[Evidence], Iterable[Finding]]

_SLACK = 0.95
"""So much of an interval is good enough: clocks and networks are not exact."""


def polled_too_fast(evidence: Evidence) -> Iterator[Finding]:
    """Status calls about one job that has not ended came closer than its service asks for."""
    for story in evidence.stories:
        asked_us = story.etiquette.poll_interval_us
        steps = [step for step in story.polls if step.end is None and step.gone is None]
        hasty = [
            (before.exchange, after.exchange)
            for before, after in pairwise(steps)
            if waited_us(before.exchange, after.exchange) < asked_us * _SLACK
        ]
        if hasty:
            shortest = span(min(waited_us(*pair) for pair in hasty))
            text = (
                f"polled again too soon {times(len(hasty))}, the shortest wait {shortest};"
                f" {story.service.name} asks for {span(asked_us)} between polls"
            )
            yield of_job("polled-too-fast", story, text, flat(hasty))


def polled_after_end(evidence: Evidence) -> Iterator[Finding]:
    """Status calls went on although the job's end had been shown."""
    for story in evidence.stories:
        late = _late_polls(story)
        if late:
            end = late[0].end
            assert end is not None  # noqa: S101  # that is what makes them late
            text = (
                f"polled {times(len(late))} more after exchange {end.number} had shown the end,"
                f" {end.state}"
            )
            yield of_job("polled-after-end", story, text, [step.exchange for step in late])


def polled_after_gone(evidence: Evidence) -> Iterator[Finding]:
    """Status calls went on although the job was known to be deleted, expired, or unknown."""
    for story in evidence.stories:
        late = [step for step in story.polls if step.gone is not None]
        if late and late[0].gone is not None:
            gone = late[0].gone
            text = f"polled {times(len(late))} after exchange {gone.number} had told it was gone"
            yield of_job("polled-after-gone", story, text, [step.exchange for step in late])
    asked: dict[tuple[object, ...], list[Exchange]] = {}
    for one in evidence.strangers:
        if one.kind == "poll" and one.method != "HEAD" and not one.is_lost:
            asked.setdefault(question(one), []).append(one)
    for first, *again in asked.values():
        if again:
            about = f" {first.asked}" if first.asked is not None else ""
            text = (
                f"asked {times(len(again))} more about a job{about} that exchange {first.number}"
                " had told there is not"
            )
            yield Finding(
                name="polled-after-gone",
                text=text,
                service=first.service,
                exchanges=numbers(again),
            )


def never_polled_to_end(evidence: Evidence) -> Iterator[Finding]:
    """The client looked away before it was shown an end that came, or would have come."""
    for story in evidence.stories:
        if not story.has_client or story.known_end is not None or story.was_let_go:
            continue
        if not _can_be_seen_to_end(story):
            continue
        told = [one for one in story.exchanges if is_told(one)]
        last = f"shown {told[-1].state} last" if told else "never shown a state"
        end = f"ended as {story.state}" if story.position.has_ended else f"is {story.state} still"
        polls = counted(len(story.polls), "poll")
        text = f"never polled to its end: {last}, by {polls}; the job {end}"
        yield of_job("never-polled-to-end", story, text, told[-1:] or story.exchanges[-1:])


def gave_up_on_retry(evidence: Evidence) -> Iterator[Finding]:
    """The service said that trying again is worth it; the client did not come back."""
    for story in evidence.stories:
        if story.was_let_go or story.known_end is not None:
            continue
        last = story.exchanges[-1]
        again = story.words(last) & story.etiquette.again_states
        if again:
            text = f"did not come back after {' '.join(sorted(again))}, which is no end"
            yield of_job("gave-up-on-retry", story, text, [last])
        elif retry_after_us(last) is not None:
            text = f"did not come back after {last.status} with Retry-After: {asked_wait(last)}"
            yield of_job("gave-up-on-retry", story, text, [last])
    latest = {one.service: one for one in evidence.exchanges if one.kind == "submit"}
    for one in latest.values():
        if one.job is None and retry_after_us(one) is not None:
            text = f"did not submit again after {one.status} with Retry-After: {asked_wait(one)}"
            yield Finding(
                name="gave-up-on-retry", text=text, service=one.service, exchanges=(one.number,)
            )


def ignored_retry_after(evidence: Evidence) -> Iterator[Finding]:
    """An answer said when to come back; the client came back before."""
    latest: dict[tuple[object, ...], Exchange] = {}
    for one in evidence.exchanges:
        what = (one.service, one.operation, one.job or one.asked)
        before = latest.get(what)
        latest[what] = one
        wanted_us = retry_after_us(before) if before is not None else None
        if before is None or wanted_us is None:
            continue
        passed_us = waited_us(before, one)
        if passed_us < wanted_us * _SLACK:
            text = (
                f"asked again after {span(passed_us)} although the answer said"
                f" Retry-After: {asked_wait(before)}"
            )
            yield Finding(
                name="ignored-retry-after",
                text=text,
                service=one.service,
                job=one.job,
                exchanges=(before.number, one.number),
            )


def resubmitted_after_lost_answer(evidence: Evidence) -> Iterator[Finding]:
    """A submission whose answer was lost had been accepted; the client made it once more."""
    lost: dict[tuple[object, ...], Exchange] = {}
    for one in evidence.exchanges:
        if one.kind != "submit":
            continue
        before = lost.pop(question(one), None)
        if before is not None and was_unanswered(before, one):
            text = (
                f"submitted the same again: exchange {before.number} had been accepted as"
                f" {before.job}, only its answer was lost"
            )
            yield Finding(
                name="resubmitted-after-lost-answer",
                text=text,
                service=one.service,
                job=before.job,
                exchanges=(before.number, one.number),
            )
        if one.job is not None:
            lost[question(one)] = one


def output_never_fetched(evidence: Evidence) -> Iterator[Finding]:
    """What the job made was there, and the client never fetched it."""
    for story in evidence.stories:
        asked = story.etiquette
        fetches = asked.output_operations - asked.link_operations
        if not fetches or story.was_let_go:
            continue
        if any(one.operation in fetches for one in story.exchanges):
            continue
        if asked.link_operations:
            offers = [one for one in story.exchanges if _offers_link(story, one)]
            text = "asked where the output is, and never fetched it"
        else:
            offers = [one for one in [story.known_end] if one is not None and _is_fruitful(one)]
            text = f"never fetched any output, though the job ended as {story.state}"
        if offers:
            yield of_job("output-never-fetched", story, text, offers[-1:])


def cancelled_finished(evidence: Evidence) -> Iterator[Finding]:
    """A cancel came when there was nothing left to cancel."""
    for story in evidence.stories:
        late = []
        for before, step in pairwise([None, *story.calls]):
            assert step is not None  # noqa: S101  # only the first has none before it
            is_cancel = step.exchange.operation == "cancel" and step.exchange.had_ended
            is_repeat = before is not None and before.exchange.is_lost
            if is_cancel and not is_repeat:
                late.append(step)
        if late:
            end = late[0].end
            knew = f"exchange {end.number} had shown it" if end else "a look before would have told"
            text = f"cancelled what was finished already, {late[0].exchange.phase}; {knew}"
            yield of_job("cancelled-finished", story, text, [step.exchange for step in late])


def fatal_shrugged_off(evidence: Evidence) -> Iterator[Finding]:
    """A fatal end was shown, and the client went on as if it were none."""
    for story in evidence.stories:
        results = story.etiquette.result_operations
        late = [*_late_polls(story)]
        late += [s for s in story.calls if s.exchange.operation in results and s.end is not None]
        late = [step for step in late if step.end is not None and story.is_fatal(step.end)]
        if late and late[0].end is not None:
            end = late[0].end
            what = ", ".join(sorted({step.exchange.operation for step in late}))
            text = (
                f"went on ({what}) after exchange {end.number} had shown {end.state}, from which"
                " nothing follows"
            )
            yield of_job("fatal-shrugged-off", story, text, [step.exchange for step in late])


MANNERS: tuple[tuple[str, Manner], ...] = (
    ("polled-too-fast", polled_too_fast),
    ("polled-after-end", polled_after_end),
    ("polled-after-gone", polled_after_gone),
    ("never-polled-to-end", never_polled_to_end),
    ("gave-up-on-retry", gave_up_on_retry),
    ("ignored-retry-after", ignored_retry_after),
    ("resubmitted-after-lost-answer", resubmitted_after_lost_answer),
    ("output-never-fetched", output_never_fetched),
    ("cancelled-finished", cancelled_finished),
    ("fatal-shrugged-off", fatal_shrugged_off),
    ("queued-never-taken", setup.queued_never_taken),
    ("fault-never-struck", setup.fault_never_struck),
    ("not-served", setup.not_served),
)
"""Every manner by the name of its findings, in the order in which a report tells them."""

NAMES = tuple(name for name, _ in MANNERS)


def findings(evidence: Evidence) -> tuple[Finding, ...]:
    """All that was found."""
    return tuple(found for _, manner in MANNERS for found in manner(evidence))


# What several manners need.


def _late_polls(story: Story) -> list[Step]:
    """Polls after the end was shown, beyond those that the service's clients may still make."""
    late = [step for step in story.polls if step.end is not None and step.gone is None]
    return late[story.etiquette.polls_after_end :]


def _can_be_seen_to_end(story: Story) -> bool:
    """Whether who polled on would be shown more, by what the script says.

    What is stuck, and would at most expire if nobody looked, may be given up.
    """
    if story.position.has_ended:
        return True
    tracks = story.position.tracks.values()
    return any(
        one.leaves_us is not None
        or one.cancels_at_us is not None
        or (isinstance(one.phase.exit, AfterPolls) and one.following is not None)
        for one in tracks
    )


def _offers_link(story: Story, one: Exchange) -> bool:
    if one.operation not in story.etiquette.link_operations or one.is_lost or one.status >= 400:
        return False
    return one.had_ended and one.phase not in story.etiquette.fatal_states


def _is_fruitful(end: Exchange) -> bool:
    """Whether the end that was shown leaves something to fetch."""
    return any(one.phase.ending is Ending.COMPLETE for one in end.shown_tracks.values())
