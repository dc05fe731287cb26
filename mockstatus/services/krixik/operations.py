"""What Krixik serves, declared once."""

from __future__ import annotations

from mockstatus.services.krixik.file_operations import FILE_OPERATIONS
from mockstatus.services.krixik.job_operations import JOB_OPERATIONS

OPERATIONS = (*JOB_OPERATIONS, *FILE_OPERATIONS)
