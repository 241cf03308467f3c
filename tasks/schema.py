"""The JSON Schemas of the files that people edit, for editors that complete and check: `make schema`."""

import json
import sys
from pathlib import Path

from plan.calendar import Calendar
from plan.model import Plan
from plan.owners import Owners
from plan.record import Record

SCHEMAS: dict[str, type[Record]] = {"plan": Plan, "owners": Owners, "calendar": Calendar}


def schema_text(kind: type[Record]) -> str:
    """Return a record's JSON Schema as text that is the same every time."""
    return json.dumps(kind.model_json_schema(), indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder, as `<name>.schema.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in SCHEMAS.items():
        (folder / f"{name}.schema.json").write_text(schema_text(kind), encoding="utf-8")


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
