"""Every error euguard raises on purpose.

The tree (a test compares it with the classes)::

    EuguardError
      + UsageError                     a command was given what it cannot use
      + ConfigurationError             the operator must mend a setting or a file
        - PolicyFileError                … at a file, line and column
        - LogKeyLostError                … a log has records, and its signing key is not there
        - DatabaseEmptyError             … a log was signed, and its database holds nothing
        - VariableInvalidError           … a variable of the inventory is missing or wrong
        - PlaybookInvalidError           … Ansible cannot begin: inventory or playbook is wrong
        - ModelDoesNotFitError           … the model and one context are more than the memory
      + RefusedError                   policy says no; recorded; the client must not retry
        - PurposeUndeclaredError         … no purpose declared, and the key has several
        - PurposeNotPermittedError       … the key is not bound to that purpose
        - PurposeRefusedError            … the organisation refuses this purpose
        - ModelNotPermittedError         … the purpose does not use that model
        - FieldRefusedError              … a field that cannot be walked
        - LanguageRefusedError           … a language in which detection is not good enough
        - TextTooLongError               … more text than one exchange may carry
        - ModelRejectedError             … the model server says the request itself is at fault
      + MalformedRequestError          not a well-formed request; counted, not recorded
      + RouteNotFoundError             not a path and method of the gateway; neither
      + AuthenticationError            no valid API key; counted, not recorded
      + UnavailableError               euguard cannot do it now; the client may retry
        - DetectionUnavailableError      … personal data cannot be found, so nothing is sent
        - LogUnavailableError            … nothing can be recorded, so nothing is sent
        - ModelUnavailableError          … the model does not answer, or broke off
        - GatewayStoppedError            … the gateway was stopped before the answer's end
        - HostUnreachableError           … there is no way to a host
        - TaskFailedError                … a task failed on a host
        - RunTimedOutError               … a playbook took longer than it may
        - RunInProgressError             … another run is at work
      + PrivilegeMissingError          the account on a host may not do this
      + IntegrityError                 bytes are not what somebody signed
        - MalformedNoteError             … not a C2SP signed note
        - MalformedCheckpointError       … not a C2SP checkpoint
        - MalformedProofError            … not a C2SP tlog-proof
        - MalformedRecordError           … not a record of this log
        - SignatureInvalidError          … no signature of a trusted key
        - ProofInvalidError              … a Merkle proof leads elsewhere
        - LogForkedError                 … two checkpoints that no consistency proof connects
        - MalformedRunError              … not what a run writes of itself
        - ExportInvalidError             … an export failed a numbered step of its verification
        - BundleInvalidError             … a bundle holds something else than what was signed
        - BundleOutdatedError            … a bundle is older than what is installed
        - WeightsInvalidError            … a file of a model is not the one that was written down

A message names positions, sizes, identifiers and rules. It never quotes text that a
request carried: messages end up in logs, and prompts are personal data.
"""

from pathlib import Path


class EuguardError(Exception):
    """The root. `code` is stable; `exit_code` is what the command line ends with."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        """What the reader can do about it; empty where the message says it all."""


# ------------------------------------------------------------------ usage and configuration


class UsageError(EuguardError):
    """A command was given a file or a value that it cannot use."""

    code = "usage"
    exit_code = 2


class ConfigurationError(EuguardError):
    """The operator must mend a setting or a file before euguard can start."""

    code = "configuration_invalid"
    exit_code = 3


class PolicyFileError(ConfigurationError):
    """A policy file is wrong at one place. Lines and columns count from 1."""

    code = "policy_invalid"

    def __init__(  # noqa: PLR0913 - a place has three parts, and each is wanted apart
        self,
        path: Path,
        line: int,
        column: int,
        reason: str,
        *,
        fix: str = "",
        also: tuple["PolicyFileError", ...] = (),
    ) -> None:
        own = f"{path}:{line}:{column}: {reason}"
        super().__init__("\n".join([own, *(error.message for error in also)]), fix=fix)
        self.path = path
        self.line = line
        self.column = column
        self.reason = reason
        """What is wrong, without the place."""
        self.also = also
        """Further places in the same folder; this error is the first of them."""


class LogKeyLostError(ConfigurationError):
    """A log has records, and its signing key is not there; a new one would be another log's."""

    code = "log_key_lost"


class DatabaseEmptyError(ConfigurationError):
    """A log was signed, and the database that the settings name holds nothing of it."""

    code = "database_empty"


class VariableInvalidError(ConfigurationError):
    """A variable of the inventory is missing or wrong; nothing was changed by that role."""

    code = "variable_invalid"


class PlaybookInvalidError(ConfigurationError):
    """Ansible cannot begin: the inventory, or a playbook of the kit, is missing or wrong."""

    code = "playbook_invalid"


class ModelDoesNotFitError(ConfigurationError):
    """A profile's weights, working memory and one full context are more than the memory."""

    code = "model_does_not_fit"


# ------------------------------------------------------------------ refusals


class RefusedError(EuguardError):
    """Policy says no. A record is written; a 4xx is answered that SDKs do not retry."""

    code = "refused"
    exit_code = 8

    def __init__(self, message: str, *, param: str | None = None, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.param = param
        """Path of the field at fault, as `messages[0].content[1]`; None if no single field is."""


class PurposeUndeclaredError(RefusedError):
    """No purpose was declared, and the API key is bound to more than one."""

    code = "purpose_undeclared"


class PurposeNotPermittedError(RefusedError):
    """The API key is not bound to the declared purpose."""

    code = "purpose_not_permitted"


class PurposeRefusedError(RefusedError):
    """The organisation's policy refuses this purpose."""

    code = "purpose_refused"


class ModelNotPermittedError(RefusedError):
    """No such model for this purpose."""

    code = "model_not_found"


class FieldRefusedError(RefusedError):
    """The field cannot be walked for personal data, so the request is not sent."""

    code = "field_not_accepted"


class LanguageRefusedError(RefusedError):
    """Detection in this language is not good enough for the purpose."""

    code = "language_not_accepted"


class TextTooLongError(RefusedError):
    """The request carries more text than is analysed in one exchange."""

    code = "text_too_long"


class ModelRejectedError(RefusedError):
    """The model server says that the request itself is at fault, as a context that is too long."""

    code = "model_rejected"


# ------------------------------------------------------------------ calls that are only counted


class MalformedRequestError(EuguardError):
    """The request is not well-formed JSON of the API's shape."""

    code = "request_malformed"

    def __init__(self, message: str, *, param: str | None = None, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.param = param
        """Path of the field at fault, as `messages[0].role`."""


class RouteNotFoundError(EuguardError):
    """The gateway does not serve this path, or not with this method (405)."""

    code = "route_not_found"


class AuthenticationError(EuguardError):
    """No API key, an unknown one, or a revoked one."""

    code = "invalid_api_key"
    exit_code = 7


# ------------------------------------------------------------------ inability


class UnavailableError(EuguardError):
    """A part euguard cannot work without is down; nothing was sent in clear."""

    code = "unavailable"
    exit_code = 6


class DetectionUnavailableError(UnavailableError):
    """The detection processes are down or too slow."""

    code = "detection_unavailable"


class LogUnavailableError(UnavailableError):
    """The log does not accept records."""

    code = "log_unavailable"


class ModelUnavailableError(UnavailableError):
    """The model server does not answer, answered nonsense, or broke off."""

    code = "model_unavailable"


class GatewayStoppedError(UnavailableError):
    """The gateway was stopped before the answer's end."""

    code = "gateway_stopped"


class HostUnreachableError(UnavailableError):
    """There is no way to a host of the inventory."""

    code = "host_unreachable"


class TaskFailedError(UnavailableError):
    """A task failed on a host; the same command goes on where it stopped."""

    code = "task_failed"


class RunTimedOutError(UnavailableError):
    """A playbook took longer than it may, and was stopped."""

    code = "run_timed_out"


class RunInProgressError(UnavailableError):
    """Another run is at work on the hosts of this control node."""

    code = "run_in_progress"


# ------------------------------------------------------------------ privileges


class PrivilegeMissingError(EuguardError):
    """The account on a host may not do what the task does."""

    code = "privilege_missing"
    exit_code = 7


# ------------------------------------------------------------------ integrity


class IntegrityError(EuguardError):
    """Bytes are not what somebody signed, or not in the one spelling allowed."""

    code = "integrity"
    exit_code = 5


class MalformedNoteError(IntegrityError):
    """Not a C2SP signed note, or a key line of one."""

    code = "note_malformed"


class MalformedCheckpointError(IntegrityError):
    """Not a C2SP checkpoint."""

    code = "checkpoint_malformed"


class MalformedProofError(IntegrityError):
    """Not a C2SP tlog-proof."""

    code = "proof_malformed"


class MalformedRecordError(IntegrityError):
    """Not a record of this log's schema, or not in canonical bytes."""

    code = "record_malformed"


class SignatureInvalidError(IntegrityError):
    """The note carries no valid signature of a trusted key."""

    code = "signature_invalid"


class ProofInvalidError(IntegrityError):
    """A Merkle proof has the wrong length or leads to another root."""

    code = "proof_invalid"


class LogForkedError(IntegrityError):
    """Two checkpoints of one log that no consistency proof connects.

    Signing has stopped. Who must act: the operator, before anything else; a restored
    backup is the usual cause.
    """

    code = "log_forked"


class MalformedRunError(IntegrityError):
    """Not what a run writes of itself: cut off, or changed by hand."""

    code = "run_malformed"


class ExportInvalidError(IntegrityError):
    """An export failed a step of its verification."""

    code = "export_invalid"

    def __init__(self, step: int, where: str, reason: str) -> None:
        super().__init__(f"step {step}, {where}: {reason}")
        self.step = step
        """Number of the failed step in audit/SPEC.md, from 1."""
        self.where = where
        """The member, line or index at fault, as `entries.jsonl line 17 (index 16)`."""
        self.reason = reason
        """What is wrong there."""


class BundleInvalidError(IntegrityError):
    """A bundle holds something else than what was signed; nothing of it was unpacked.

    Who must act: whoever carried it. It may be a damaged disk, and it may be an attack.
    """

    code = "bundle_invalid"

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(
            f"{where}: {reason}", fix="carry the bundle again, from where it was built"
        )
        self.where = where
        """The file in the bundle at fault, or the byte where no file can be told."""
        self.reason = reason
        """What is wrong there."""


class BundleOutdatedError(IntegrityError):
    """A bundle is signed, and older than what is installed: a downgrade, or a replay."""

    code = "bundle_outdated"


class WeightsInvalidError(IntegrityError):
    """A file of a model is missing, added, or not the one that the manifest describes.

    Who must act: the operator; the engine is not started. The message names the files.
    """

    code = "weights_invalid"
