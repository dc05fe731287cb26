"""A submission that can be taken in: all checks of what it says, and all that comes of that. Pure.

What depends on more than its bytes and the options - the scenario, the user's other jobs - is not
looked at here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

import orjson

from mockstatus.domain.sharing import Same
from mockstatus.domain.value import value
from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.services.ukssdc.encoding import encode, encode_each
from mockstatus.services.ukssdc.options import Span, UkssdcOptions
from mockstatus.services.ukssdc.parameters import (
    DECLINATIONS,
    RIGHT_ASCENSIONS,
    Sent,
    faulty,
    is_on,
    requested,
)
from mockstatus.services.ukssdc.plan import Request
from mockstatus.services.ukssdc.products import in_order
from mockstatus.services.ukssdc.refusals import (
    INVALID,
    NEEDED,
    NO_PRODUCTS,
    WRONG_PARAMETERS,
    RefusedError,
    needed,
    not_registered,
)


@value()
class Accepted:
    """A submission without a mistake.

    request: what a job keeps of it; jobs of submissions that are alike may share it. pars_json:
    the echo of its parameters as it goes out.
    """

    request: Request
    pars_json: bytes
    _common: _Common
    _target: dict[str, Any]

    def pars(self) -> dict[str, Any]:
        """The echo of its parameters, to be kept by whoever asks for it."""
        # Not kept here: with each of the latest bodies it takes so much room that a new body
        # takes 5 us more.
        target = self._target
        return {**self._common.pars, **{name: target[name] for name in self._common.places}}


def user_in(sent: Sent, options: UkssdcOptions) -> str:
    """Who asks. Raises RefusedError where nobody, or somebody unknown, does."""
    user = sent.get("UserID")
    if not isinstance(user, str) or not user:
        raise needed("UserID")
    if not options.is_registered(user):
        raise not_registered(user)
    return user


def accept(sent: Sent, body: bytes, options: UkssdcOptions) -> Accepted:
    """What comes of a submission. sent: what its body says. Raises RefusedError."""
    target = _target(sent)
    rest = orjson.dumps({**sent, **dict.fromkeys(target)})
    find = _kept_common if len(rest) <= KEPT_BYTES else _common
    common = find(rest, tuple(target), Same(options))
    request = Request(common.user, common.products, common.is_independent, body)
    filled = encode_each([target[name] for name in common.places])
    return Accepted(request, common.pars_json % filled, common, target)


# Who submits something new mostly wants the same of another target. What else is said is checked,
# completed and encoded once for all targets: a new body takes 5 us here instead of 18, and 9 beyond
# that if nobody said the same of any target (CPython 3.11).

KEPT_BYTES = 4096
"""What says more is not remembered."""

_KEPT = 128
"""So many are remembered, the latest; one of 300 bytes weighs 5 KiB."""


@dataclass(frozen=True, slots=True, eq=False)
class _Common:
    """What comes of all submissions that say the same, but of another target.

    places: what tells the target, in the order of the echo. pars: the echo, in which that is to be
    filled in. pars_json: the same as it goes out, with `%b` for each.
    """

    user: str
    products: tuple[str, ...]
    is_independent: bool
    places: tuple[str, ...]
    pars: Mapping[str, Any]
    pars_json: bytes


def _target(sent: Sent) -> dict[str, Any]:
    """What tells the target, as far as it is good beyond doubt.

    Each of these is good or bad whatever is said beside it, and decides nothing else.
    """
    target: dict[str, Any] = {}
    if type(name := sent.get("name")) is str and name:
        target["name"] = name
    if type(targ := sent.get("targ")) is str and targ:
        target["targ"] = targ
    if _is_number_in(RIGHT_ASCENSIONS, ra := sent.get("RA")):
        target["RA"] = ra
    if _is_number_in(DECLINATIONS, dec := sent.get("Dec")):
        target["Dec"] = dec
    return target


def _is_number_in(span: Span, found: Any) -> bool:
    return type(found) in (float, int) and span.min <= found <= span.max


def _common(rest: bytes, target: tuple[str, ...], options: Same[UkssdcOptions]) -> _Common:
    """What comes of a submission to any target. Raises RefusedError.

    rest: what it says, in JSON, with null where it tells the target.
    """
    said = orjson.loads(rest)
    any_target = {**said, **{name: _ANY[name] for name in target}}
    user = user_in(any_target, options.value)
    wanted = requested(any_target)
    if not wanted:
        raise RefusedError(NO_PRODUCTS)
    wrong = faulty(any_target, options.value)
    if wrong.needed or wrong.invalid:
        raise RefusedError(WRONG_PARAMETERS, (NEEDED, wrong.needed), (INVALID, wrong.invalid))
    pars = job_pars({**said, **dict.fromkeys(target, _PLACE)})
    places = tuple([name for name, one in pars.items() if one is _PLACE])
    pars_json = _template(pars)
    # Nobody can change a tuple, and JSON knows no difference.
    pars = {n: tuple(one) if isinstance(one, list) else one for n, one in pars.items()}
    is_independent = is_on(said.get("allxastrom"))
    return _Common(user, in_order(wanted), is_independent, places, pars, pars_json)


_kept_common = lru_cache(maxsize=_KEPT)(_common)

_ANY: Mapping[str, Any] = {"name": "any", "targ": "any", "RA": 0, "Dec": 0}
_PLACE = object()


def _template(pars: Mapping[str, Any]) -> bytes:
    """The JSON of an echo, with `%b` for what is to be filled in."""
    members = []
    for is_place, run in groupby(pars.items(), lambda pair: pair[1] is _PLACE):
        if is_place:
            members += [b"%b:%%b" % encode(name) for name, _ in run]
        else:
            members.append(encode(dict(run))[1:-1].replace(b"%", b"%%"))
    return b"{%b}" % b",".join(members)
