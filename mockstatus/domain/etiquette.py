"""What a service asks of its clients, so that a report can tell how one behaved."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Etiquette:
    """Declared once by a service; the default asks for nothing in particular.

    poll_interval_us: between two status calls about one job that has not ended; 0 where the
        service asks for none.
    polls_after_end: status calls that a good client may still make once it was shown the end.
    telling: operations whose answer tells how the job stands, beside the polls.
    output_operations: any of them fetches what the job made; empty where status calls tell it.
    link_operations: only prepare for them. Where there are any, outputs are optional: a client
        that asked for no link has left nothing undone.
    result_operations: output operations that make sense only for what ended well.
    delete_operations: end the client's interest in a job.
    again_states: the service is going to try again, or asks to wait: worth coming back for.
    fatal_states: ends that no further asking will change.
    is_output_per_track: each track has an output of its own, whatever becomes of the others.
    """

    poll_interval_us: int = 0
    polls_after_end: int = 0
    telling: frozenset[str] = field(default_factory=frozenset)
    output_operations: frozenset[str] = field(default_factory=frozenset)
    link_operations: frozenset[str] = field(default_factory=frozenset)
    result_operations: frozenset[str] = field(default_factory=frozenset)
    delete_operations: frozenset[str] = field(default_factory=frozenset)
    again_states: frozenset[str] = field(default_factory=frozenset)
    fatal_states: frozenset[str] = field(default_factory=frozenset)
    is_output_per_track: bool = False

    def __post_init__(self) -> None:
        if self.poll_interval_us < 0 or self.polls_after_end < 0:
            raise ValueError("an interval, and a number of polls, cannot be negative")
