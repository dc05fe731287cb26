import unittest

import mockstatus.testing


class MyClientTest(unittest.TestCase):
    def setUp(self):
        self.mock = self.enterContext(mockstatus.testing.running(clock="manual"))

    def test_it(self):
        job = self.mock.submit("vesta", "vesta/failure")
        self.mock.clock.advance("1h")
        assert job.state == "FAILURE"
