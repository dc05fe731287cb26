import time

import pytest

xrt = pytest.importorskip("swifttools.ukssdc.xrt_prods", exc_type=ImportError)


@pytest.mark.mockstatus(clock="virtual", block_network=True)
def test_a_job_of_two_hours_is_over_at_once(mockstatus):
    mockstatus.use(
        mockstatus.scenario(
            service="ukssdc", products={"default": [{"code": 3, "for": "2h"}, {"code": 4}]}
        )
    )
    request = xrt.XRTProductRequest("me@example.org")  # goes to https://www.swift.ac.uk
    request.setGlobalPars(
        name="GRB 200416A", RA=335.6985, Dec=-7.5179, centroid=True, posErr=1,
        useSXPS=False, T0=608713541.952, getTargs=True,
    )  # fmt: skip
    request.addLightCurve(binMeth="counts", pcCounts=20, wtCounts=30, dynamic=True)

    assert request.submit(), request.submitError
    while not request.complete:
        time.sleep(60)

    assert mockstatus.jobs[0].polls >= 120
    assert "polled-too-fast" not in mockstatus.report.manners
