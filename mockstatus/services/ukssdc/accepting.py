"""A submission that can be taken in: all checks of what it says, and all that comes of that. Pure.

What depends on more than its bytes and the options - the scenario, the user's other jobs - is not
looked at here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

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
from mockstatus.services.ukssdc.returning import Returning


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
    common = _known_to_all(sent, target, options) or _common(sent, (), options)
    request = Request(common.user, common.products, common.is_independent, body)
    pars_json, places = common.pars_json, common.places
    if places:
        pars_json %= encode_each([target[name] for name in places])
    return Accepted(request, pars_json, common, target)


# Who submits something new mostly wants the same of another target. What else is said is checked,
# completed and encoded once for all targets, when it is said for the second time: a new body takes
# 5 us here instead of 18 (CPython 3.11), and 2 more than those 18 where all of it is new.

KEPT_BYTES = 4096
"""What says more is not remembered."""

_KEPT = 32
"""So much is remembered at most, then all is forgotten; of 300 bytes it weighs 6 KiB."""


@value()
class _Common:
    """What comes of all submissions that say the same, but of another target.

    places: what tells the target, in the order of the echo, and is to be filled in. pars: the echo
    without that. pars_json: the same as it goes out, with `%b` for each place.
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


_Key = tuple[bytes, tuple[str, ...], Same[UkssdcOptions]]
_known: Returning[_Key, _Common] = Returning(_KEPT)


def _known_to_all(sent: Sent, target: Sent, options: UkssdcOptions) -> _Common | None:
    """What is remembered of all that is said beside the target; None if it was not said before."""
    rest = {**sent, **dict.fromkeys(target, _PLACE)}
    told = orjson.dumps(rest)  # tells apart what Python takes for the same: 1, 1.0 and true
    if len(told) > KEPT_BYTES:
        return None
    names = tuple(target)
    return _known.get((told, names, Same(options)), lambda: _common(rest, names, options))


_PLACE: Final = 0
"""Stands where a target is told; good for each of its parameters."""


def _common(sent: Sent, target: tuple[str, ...], options: UkssdcOptions) -> _Common:
    """What comes of submissions. Raises RefusedError.

    sent: what they say, with `_PLACE` for each of these parameters of the target.
    """
    user = user_in(sent, options)
    wanted = requested(sent)
    if not wanted:
        raise RefusedError(NO_PRODUCTS)
    wrong = faulty(sent, options)
    if wrong.needed or wrong.invalid:
        raise RefusedError(WRONG_PARAMETERS, (NEEDED, wrong.needed), (INVALID, wrong.invalid))
    pars = job_pars(sent)
    # The service itself may have told some of the target.
    places = [name for name in target if pars[name] == _PLACE]
    places.sort(key=[*pars].index)
    pars_json = _template(encode(pars), places)
    if "models" in sent or list in map(type, sent.values()):
        # Nobody can change a tuple, and JSON knows no difference.
        pars = {n: tuple(one) if isinstance(one, list) else one for n, one in pars.items()}
    is_independent = is_on(sent.get("allxastrom"))
    return _Common(user, in_order(wanted), is_independent, tuple(places), pars, pars_json)


def _template(echo: bytes, places: Sequence[str]) -> bytes:
    """The JSON of an echo, with `%b` in these places."""
    if not places:
        return echo
    # An echo holds no objects, and within a text a quote is escaped: only members look like this.
    members = b",%b," % echo[1:-1].replace(b"%", b"%%")
    for name in places:
        member = b',"%b":' % name.encode()
        members = members.replace(b"%b%d," % (member, _PLACE), member + b"%b,")
    return b"{%b}" % members[1:-1]
