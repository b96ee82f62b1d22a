"""The command, with the arguments QUESTION DOCUMENT: reads the question, writes the document."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from elf_static.elf.printable import printable
from go_sbom.document import InvalidDocumentError
from go_sbom.modules import NoRecordError, make_record
from go_sbom.question import Question
from go_sbom.record import Record

FORMATS = ("cyclonedx", "spdx")


def main(arguments: Sequence[str]) -> int:
    question_file, document_file = arguments
    question = Question.from_json(Path(question_file).read_text(encoding="utf-8"))
    try:
        document = maker_of(question.format)(make_record(question))
    except NoRecordError as e:
        print(printable(str(e)), file=sys.stderr)
        return 1
    except InvalidDocumentError as e:
        reason = printable(str(e))
        print(f"The document does not match its format. {reason}", file=sys.stderr)
        return 1
    Path(document_file).write_bytes(document)
    return 0


def maker_of(form: str) -> Callable[[Record], bytes]:
    # Only the libraries of one format are installed.
    if form == "cyclonedx":
        from go_sbom.cyclonedx_document import cyclonedx_document

        return cyclonedx_document
    from go_sbom.spdx_document import spdx_document

    return spdx_document
