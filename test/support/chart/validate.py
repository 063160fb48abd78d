"""Validates objects of Kubernetes: standard input is a JSON list of them. Prints a JSON list of {version, kind, name,
error}. The argument is a folder of CustomResourceDefinitions. Kubernetes' own kinds are checked for each minor version from 1.30 on
that kubernetes-validate knows, strictly: unknown fields are errors."""

import json
import pathlib
import sys

import jsonschema
import kubernetes_validate
import yaml

OLDEST = (1, 30)
# PyYAML takes a plain "=" for YAML 1.1's default value, which it cannot construct.
yaml.CSafeLoader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)
# Many are the same in several examples.
objects = [json.loads(text) for text in sorted({json.dumps(part, sort_keys=True) for part in json.load(sys.stdin)})]
found = []


def closed(schema):
    """A structural schema refuses nothing it does not know, but the API server drops it: here that is an error."""
    if not isinstance(schema, dict):
        return schema
    made = {
        key: {name: closed(part) for name, part in value.items()}
        if key == "properties"
        else closed(value)
        for key, value in schema.items()
    }
    if "properties" in made and not schema.get("x-kubernetes-preserve-unknown-fields"):
        made.setdefault("additionalProperties", False)
    return made


def custom_schemas(folder):
    schemas = {}
    for file in pathlib.Path(folder).rglob("*.yaml"):
        spec = yaml.load(file.read_text(), Loader=yaml.CSafeLoader).get("spec", {})
        for version in spec.get("versions", []):
            schema = closed(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            schemas[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return schemas


def tell(version, checked, error):
    found.append(
        {
            "version": version,
            "kind": checked["kind"],
            "name": checked["metadata"]["name"],
            "error": str(error.message),
        }
    )


versions = {
    kubernetes_validate.utils.major_minor(version)
    for version in kubernetes_validate.utils.all_versions()
}
newer = sorted(
    (v for v in versions if tuple(map(int, v.split("."))) >= OLDEST),
    key=lambda v: tuple(map(int, v.split("."))),
)
custom = custom_schemas(sys.argv[1])
for checked in objects:
    schema = custom.get((checked["apiVersion"], checked["kind"]))
    if schema is not None:
        for error in jsonschema.Draft202012Validator(schema).iter_errors(checked):
            tell("custom", checked, error)
        continue
    for version in newer:
        try:
            kubernetes_validate.validate(checked, version, strict=True)
        except (
            kubernetes_validate.ValidationError,
            kubernetes_validate.SchemaNotFoundError,
        ) as error:
            tell(version, checked, error)
json.dump({"versions": newer, "errors": found}, sys.stdout)
