"""The gateway's error codes: their numbers, the exceptions behind them, their HTTP statuses, texts.

Source: VESTA wire notes, 2.8 and 2.9 (observed unless said otherwise).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NO_EXCEPTION = 100
UNEXPECTED = 101
REVOKED = 109
UNKNOWN_SERVICE = 202
UNKNOWN_UUID = 203
VERSION_MISMATCH = 204
BROKER_SILENT = 205
MISSING_PARAMETER = 206
INVALID_URL = 207
DOWNLOAD_FAILED = 301


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table.

    exception: the class whose name selects the code. status: where the gateway itself raises it;
    200 for what only workers raise. table_status: what the program's own table says instead.
    text: a message for stories that give none; the exact one where it is fixed or was observed.
    """

    number: int
    exception: str
    status: int
    text: str
    table_status: int | None = None


# choice: the texts of codes whose messages were never seen; their meaning, in a few words.
_ROWS = (
    Code(NO_EXCEPTION, "NoneType", 500, ""),
    Code(UNEXPECTED, "Exception", 500, "Worker exited prematurely: exitcode 3."),
    Code(102, "PyMongoError", 500, "The request database cannot be reached"),
    Code(103, "ConfigParser.Error", 500, "The configuration file cannot be read"),
    Code(104, "TypeError", 500, "A value has the wrong type"),
    Code(105, "ValueError", 500, "A value is wrong"),
    Code(106, "socket.gaierror", 500, "[Errno -2] Name or service not known"),
    Code(107, "IOError", 500, "[Errno 5] Input/output error"),
    Code(108, "KeyError", 500, "A key is missing"),
    Code(REVOKED, "TaskRevokedError", 200, "revoked"),
    Code(200, "SettingsException", 400, "The settings are wrong"),
    Code(201, "VersionException", 400, "Workers have differing API versions"),
    Code(UNKNOWN_SERVICE, "UnknownServiceError", 400, ""),
    Code(UNKNOWN_UUID, "UnknownUUIDError", 400, ""),
    Code(VERSION_MISMATCH, "VersionMismatchError", 400, "", table_status=500),
    Code(
        BROKER_SILENT,
        "AMQPError",
        400,
        "AMQP backend didn't response quickly enough.",
        table_status=408,
    ),
    Code(MISSING_PARAMETER, "MissingParameterError", 400, ""),
    Code(INVALID_URL, "DocumentUrlNotValidException", 400, ""),
    Code(300, "InvalidAnnotationFormat", 200, "Annotations are not a list"),
    Code(DOWNLOAD_FAILED, "DownloadError", 200, "HTTP Error 404: Not Found"),
    Code(302, "UploadError", 200, "HTTP Error 500: Internal Server Error"),
    Code(303, "ConfigFileNotFound", 200, "The worker's configuration is missing"),
    Code(304, "InvalidDocumentPath", 200, "There is no document at the path"),
    Code(305, "InvalidDocumentType", 200, "The document's type cannot be used"),
    Code(306, "RuntimeError", 200, "Undetermined internal error"),
    Code(400, "InsufficientResources", 200, "There is no room for a new worker machine"),
    Code(401, "MinimumWorkersReached", 200, "No more workers can be removed"),
    Code(500, "OverflowError", 200, "No unique document name was found"),
    Code(501, "NotImplementedError", 200, "Invalid storage backend"),
    Code(502, "FFMpegError", 200, "The transcoder failed"),
    Code(503, "FFMpegConvertError", 200, "The transcoder could not convert the document"),
    Code(504, "ConverterError", 200, "The converter failed"),
    Code(505, "TranscoderError", 200, "Transcoding is impossible"),
    Code(506, "SwiftException", 200, "Cannot renew the swift token"),
    Code(600, "CInternalError", 200, "The vision library failed"),
    Code(630, "WavPathInvalid", 200, "The path of the audio file is invalid"),
    Code(631, "WavFormatInvalid", 200, "The format of the audio file is invalid"),
    Code(632, "WavHeaderInvalid", 200, "The header of the audio file is invalid"),
    Code(633, "SubprocessProblem", 200, "Diarisation worker internal problem"),
    Code(640, "PathInvalidError", 200, "The path of the audio file is invalid"),
    Code(641, "SegmentsTooLongException", 200, "The segments are too long"),
    Code(642, "SubprocessError", 200, "The transcription subprocess failed"),
    Code(643, "TranscriptionEmptyError", 200, "The transcription is empty"),
)

CODES: Mapping[int, Code] = MappingProxyType({row.number: row for row in _ROWS})
"""All codes by number."""

FIXED_TEXTS = frozenset({506, 633})
"""Codes whose message is always the same, whatever the exception says."""


def exists(number: int) -> bool:
    """Whether a worker may send this code: one of the table, or one of its own (6xx)."""
    return number in CODES or 600 <= number <= 699


def text_of(number: int) -> str:
    """The message of a story that gives none."""
    row = CODES.get(number)
    return row.text if row is not None else "The worker failed"


class GatewayError(Exception):
    """The gateway refuses a call.

    message: as the program says it, before it goes out. status: in place of the code's own.
    description: in place of the HTTP status's phrase. exception, place: the class, and the file,
    line and function, that the real program tells (`code` profile alone).
    """

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: int | None = None,
        description: str | None = None,
        exception: str | None = None,
        place: str = "generic_rest_api.py:96 in handle_exceptions",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.description = description
        self.exception = exception or (CODES[code].exception if code in CODES else "Exception")
        self.place = place


# Texts: observed. Places: observed where a dialogue shows them, else a choice.


def unknown_service(name: str) -> GatewayError:
    """The path names an annotator that there is not."""
    text = f"The request has been made for a service that is not supported : {name}"
    return GatewayError(UNKNOWN_SERVICE, text, place="utility_rest.py:131 in validate_service")


def unknown_uuid(uuid: str) -> GatewayError:
    """No task of this annotator has this uuid."""
    text = f"User requested a UUID which did not exist : {uuid}"
    return GatewayError(UNKNOWN_UUID, text, place="utility_rest.py:157 in validate_uuid")


def missing_uuid(uri: str) -> GatewayError:
    """A status or cancel call names no task. uri: `/status` or `/cancel`."""
    text = f'A GET on the URI "{uri}" requires the following parameter : uuid'
    return GatewayError(MISSING_PARAMETER, text, place="utility_rest.py:445 in uuid_task")


def missing_parameter(uri: str, name: str) -> GatewayError:
    """A submission lacks a parameter. uri: process says `/annotate` for a document, too."""
    text = f'A POST on the URI "{uri}" requires the following parameter : {name}'
    return GatewayError(MISSING_PARAMETER, text, place="utility_rest.py:268 in submit_task")


def missing_doc_url() -> GatewayError:
    """A submission names no document."""
    return missing_parameter("/annotate", "doc_url")


def invalid_url(url: str) -> GatewayError:
    """A document's address lacks a scheme, a host or a path."""
    text = f"User provided an invalid source URL : {url}"
    return GatewayError(INVALID_URL, text, place="utility_rest.py:174 in validate_url")


def version_mismatch(annotator: str, configured: str, reported: str | None) -> GatewayError:
    """A worker reports another version than the one that is configured."""
    text = (
        f"Service {annotator} declares the version {configured} in its config file but messages"
        f" received from its worker contain the version {reported}."
    )
    return GatewayError(VERSION_MISMATCH, text, place="utility_rest.py:213 in validate_version")


def unexpected(exception: str, message: str, *, code: int = UNEXPECTED) -> GatewayError:
    """Something failed inside the program, in the words of its Python."""
    return GatewayError(code, message, exception=exception)
