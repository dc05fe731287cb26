"""The engine's rules in the plainest words: walks time one tick after the other, forgets nothing.

Written from the rules, not from the engine; the tests hold the engine against it. A tick is one
microsecond, so it is for tiny numbers only.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mockstatus.domain import events as ev
from mockstatus.domain.timeline import (
    After,
    AfterPolls,
    Ending,
    Phase,
    Timeline,
    UntilSignal,
    UntilStarted,
    UntilTrack,
)


class NaiveTrack:
    """Where one track stands; `history` holds every phase entered: [phase, entered, left]."""

    def __init__(self, script: Collection[Phase], now: int) -> None:
        self.history: list[list[Any]] = []
        self.cancel_end: Phase
        self.put(script, now)

    def put(self, script: Collection[Phase], now: int) -> None:
        self.script, self.is_held = list(script), False
        self.cancel_at: int | None = None
        self.enter(0, now)

    def enter(self, index: int, now: int) -> None:
        if self.history:
            self.history[-1][2] = now
        self.history.append([self.script[index], now, None])
        self.index, self.entered, self.shown = index, now, 0

    @property
    def phase(self) -> Phase:
        return self.script[self.index]

    @property
    def can_go_on(self) -> bool:
        following = self.script[self.index + 1 : self.index + 2]
        return bool(following) and not (self.is_held and following[0].is_begun)

    def go_on(self, now: int) -> bool:
        if may := self.can_go_on:
            self.enter(self.index + 1, now)
        return may

    def be_shown(self, now: int) -> None:
        if isinstance(self.phase.exit, AfterPolls):
            self.shown += 1
            if self.shown >= self.phase.exit.polls:
                self.go_on(now)

    def next_ending(self, ending: Ending) -> int | None:
        later = range(self.index + 1, len(self.script))
        return next((i for i in later if self.script[i].ending is ending), None)

    def progress(self, now: int) -> int | None:
        if self.phase.progress is None:
            return None
        first, last = self.phase.progress.first, self.phase.progress.last
        match self.phase.exit:
            case After(length) if length:
                done, total = min(now - self.entered, length), length
            case AfterPolls(polls) if polls > 1:
                done, total = min(self.shown, polls - 1), polls - 1
            case _:
                return first
        moved = abs(last - first) * done // total
        return first + moved if last > first else first - moved


class NaiveJob:
    """One job from its submission on. Call `tick` for each instant in turn, then its events."""

    def __init__(self, timeline: Timeline, now: int) -> None:
        self.timeline, self.submitted, self.used, self.polls = timeline, now, now, 0
        self.started: int | None = None
        self.gone: tuple[str, int] | None = None
        expiry = timeline.expiry
        self.idle_limit = expiry.after_us if expiry and expiry.is_idle else None
        self.expires = now + expiry.after_us if expiry and not expiry.is_idle else None
        self.tracks = {n: NaiveTrack(t.phases, now) for n, t in timeline.tracks.items()}
        self.faces: object = None
        self.tick(now)

    def tick(self, now: int) -> None:
        """All that happens by itself at `now`: own ends, then cancels, then the expiry."""
        if self.gone:
            return
        self.own_ends(now)
        for track in self.tracks.values():
            if track.cancel_at == now:
                track.put([track.cancel_end], now)
        self.own_ends(now)
        self.expire(now)

    def own_ends(self, now: int) -> None:
        while True:
            moved = False
            for track in self.tracks.values():
                while isinstance(track.phase.exit, After) and (
                    now >= track.entered + track.phase.exit.for_us and track.go_on(now)
                ):
                    moved = True
            ended = {n: t.phase.ending for n, t in self.tracks.items()}
            for track in self.tracks.values():
                if track.phase.ending:  # a task that ends before its cancel keeps its end
                    track.cancel_at, track.is_held = None, False
                moved |= self.wait_over(track, ended, now)
            if not moved:
                return

    def wait_over(self, track: NaiveTrack, ended: dict[str, Ending | None], now: int) -> bool:
        match track.phase.exit:
            case UntilStarted():
                return self.started is not None and track.go_on(now)
            case UntilTrack(other, failed):
                ending = ended.get(other, Ending.COMPLETE)
                if ending in (None, Ending.COMPLETE) or failed is None:
                    return ending is not None and track.go_on(now)
                if track.is_held and failed.is_begun:
                    return False
                track.script[track.index + 1 :] = [failed]
                track.enter(track.index + 1, now)
                return True
        return False

    def expire(self, now: int) -> None:
        faces = [(len(t.history), t.progress(now)) for t in self.tracks.values()]
        if faces != self.faces:  # a phase was entered, or progress made a step
            self.used, self.faces = now, faces
        kept = not all(t.phase.can_expire for t in self.tracks.values())
        if self.expires is not None:
            is_due = now >= self.expires
        else:
            is_due = self.idle_limit is not None and now >= self.used + self.idle_limit
        within = self.timeline.start_within_us
        if is_due and not kept:
            self.gone = ("expired", now)
        elif within is not None and self.started is None and now >= self.submitted + within:
            self.gone = ("never_started", now)

    def happen(self, event: ev.Event) -> None:
        """One event, after the tick of its instant; then what follows from it at once."""
        if self.gone:
            return
        now = event.at_us
        match event:
            case ev.Polled():
                self.polls, self.used = self.polls + 1, now
                for track in self.chosen(event.tracks):
                    track.be_shown(now)
            case ev.Started():
                self.started = now if self.started is None else self.started
            case ev.Cancelled():
                self.used = now
                self.signal("cancel", event.tracks, now, is_call=True)
            case ev.Signalled(_, name, track):
                self.signal(name, None if track is None else [track], now)
            case ev.Placed():
                self.tracks[event.track].put(event.phases, now)
            case ev.Rescheduled():
                self.expires = event.expires_us
            case ev.Deleted():
                self.gone = ("deleted", now)
        self.tick(now)

    def chosen(self, names: Collection[str] | None) -> list[NaiveTrack]:
        return [t for n, t in self.tracks.items() if names is None or n in names]

    def signal(
        self, name: str, tracks: Collection[str] | None, now: int, is_call: bool = False
    ) -> None:
        if is_call and self.timeline.cancel.is_refused:
            return
        chosen = self.chosen(tracks)
        hear = [t for t in chosen if t.phase.exit == UntilSignal(name) and t.can_go_on]
        others = [t for t in chosen if t not in hear and not t.phase.ending]
        if name == "cancel":
            self.cancel(others, now)
        elif name in ("fail", "complete", "expire"):
            self.end(others, Ending(name), now)
        if not self.gone:
            for track in hear:
                track.go_on(now)

    def end(self, tracks: list[NaiveTrack], ending: Ending, now: int) -> None:
        own = [track.next_ending(ending) for track in tracks]
        if ending is Ending.EXPIRE and None in own:
            self.gone = ("expired", now)
            return
        defaults = self.timeline.defaults
        for track, index in zip(tracks, own, strict=True):
            if index is not None:
                track.cancel_at, track.is_held = None, False
                track.enter(index, now)
            else:
                track.put([defaults.fail if ending is Ending.FAIL else defaults.complete], now)

    def cancel(self, tracks: list[NaiveTrack], now: int) -> None:
        rule, defaults = self.timeline.cancel, self.timeline.defaults
        for track in tracks:
            if rule.is_refused or track.phase.ending or track.cancel_at is not None:
                continue
            is_begun = track.phase.is_begun
            end = defaults.cancel_begun if is_begun else defaults.cancel_waiting
            if rule.lag_us:
                track.cancel_at, track.cancel_end = now + rule.lag_us, end
                track.is_held = not is_begun
            else:
                track.put([end], now)
