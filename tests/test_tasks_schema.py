"""The JSON Schemas that editors complete and check by."""

import json
from pathlib import Path

from tasks.schema import SCHEMAS, schema_text, write_schemas
from tasks.settings import CHECKOUT


def test_the_schemas_in_docs_are_those_of_the_records() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in (CHECKOUT / "docs" / "schema").iterdir()}
    assert kept == {f"{name}.schema.json": schema_text(kind) for name, kind in SCHEMAS.items()}, "run `make schema`"


def test_every_schema_is_written_and_refuses_unknown_keys(tmp_path: Path) -> None:
    write_schemas(tmp_path / "docs" / "schema")
    for name in SCHEMAS:
        schema = json.loads((tmp_path / "docs" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8"))
        assert schema["additionalProperties"] is False
