"""Renders the chart, as `helm template` does, for each request of standard input, a JSON list of {values, name, namespace,
release}. Prints a JSON list of {error} or {notes, objects: [{file, object}]}. Values are YAML documents; each later one lies
over those before it, as of several `--values`."""

import json
import sys

import yaml
from helm_python import Chart, HelmError

chart = Chart.load(sys.argv[1])


def over(below, above):
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {**below, **{key: over(below.get(key), value) for key, value in above.items()}}


def render(request):
    try:
        values = {}
        for document in yaml.safe_load_all(request["values"]):
            values = over(values, document or {})
        files = chart.render(
            values,
            name=request.get("release", "rollcall"),
            namespace=request.get("namespace", "analytics"),
        )
    except HelmError as error:
        return {"error": str(error)}
    objects = []
    notes = ""
    for file, text in sorted(files.items()):
        if file.endswith("NOTES.txt"):
            notes = text
        elif not file.split("/")[-1].startswith("_"):
            objects += [{"file": file, "object": part} for part in yaml.safe_load_all(text) if part]
    return {"notes": notes, "objects": objects}


json.dump([render(request) for request in json.load(sys.stdin)], sys.stdout)
