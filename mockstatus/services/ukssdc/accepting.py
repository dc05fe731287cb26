"""A submission that can be taken in: all checks of what it says, and all that comes of that. Pure.

What depends on more than its bytes and the options - the scenario, the user's other jobs - is not
looked at here.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from mockstatus.services.ukssdc.echo import job_pars
from mockstatus.services.ukssdc.encoding import encode
from mockstatus.services.ukssdc.options import UkssdcOptions
from mockstatus.services.ukssdc.parameters import Sent, faulty, is_on, requested
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


@dataclass(frozen=True, slots=True, eq=False)
class Accepted:
    """A submission without a mistake.

    request: what a job keeps of it; jobs of submissions that are alike may share it. pars: the
    echo of its parameters, in which nothing can be changed. pars_json: the same as it goes out.
    """

    request: Request
    pars: MappingProxyType[str, Any]
    pars_json: bytes


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
    user = user_in(sent, options)
    wanted = requested(sent)
    if not wanted:
        raise RefusedError(NO_PRODUCTS)
    wrong = faulty(sent, options)
    if wrong.needed or wrong.invalid:
        raise RefusedError(WRONG_PARAMETERS, (NEEDED, wrong.needed), (INVALID, wrong.invalid))
    request = Request(user, in_order(wanted), is_on(sent.get("allxastrom")), body)
    pars = job_pars(sent)
    pars_json = encode(pars)
    if list in map(type, pars.values()):
        # Nobody can change a tuple, and JSON knows no difference.
        pars = {n: tuple(one) if isinstance(one, list) else one for n, one in pars.items()}
    return Accepted(request, MappingProxyType(pars), pars_json)
