#!/usr/bin/env python3
"""Renders the templates and conversations of this folder with Jinja2 (Debian: python3-jinja2) and prints what comes out:

    tests/reference/chat/render.py > tests/Models/Chat/rendered.json

The environment is the one that chat templates are written for: sandboxed, trim_blocks, lstrip_blocks, loop controls, and a tojson that
escapes nothing for HTML.
"""
import json
import pathlib
import sys

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return jinja2.nodes.Scope(body).set_lineno(line)


def refuse(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, Generation])
environment.filters["tojson"] = tojson
environment.globals["raise_exception"] = refuse
here = pathlib.Path(__file__).parent
conversations = json.loads((here / "conversations.json").read_text())
results = []
for path in sorted(here.glob("*.jinja")):
    template = environment.from_string(path.read_text())
    texts = []
    for conversation in conversations:
        for prompt in (False, True):
            try:
                texts.append(template.render(
                    messages=conversation, add_generation_prompt=prompt, tools=None, documents=None, bos_token="<s>", eos_token="</s>", enable_thinking=False))
            except jinja2.exceptions.TemplateError:
                texts.append(None)
    results.append({"template": path.name, "jinja": path.read_text(), "texts": texts})
json.dump(results, sys.stdout, indent=1, ensure_ascii=False)
print()
