#!/usr/bin/env python3
"""Reads TwiML back with Twilio's own library: every element has to be one that the library makes at
that place, every attribute one that it knows there, and the document that it writes has to be the same.

Usage: scripts/check-twiml.py FILE      a JSON list of {"name": …, "xml": …}
Prints how many documents and elements were read; each fault is a line, and the end is then 1.
"""
import inspect
import json
import re
import sys
import xml.etree.ElementTree as ElementTree

import twilio_sdk


class Fault(Exception):
    pass


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


# Where the library's parameter has another name than the attribute.
RENAMED = {"from": "from_", "callerId": "caller_id"}
# Parameters that are the element's text.
TEXTS = ("message", "url", "phone_number", "number", "body")


def rebuild(element, parent):
    """Makes the element in the parent by the library's method for it; returns how many were made."""
    method = getattr(parent, snake(element.tag), None)
    if method is None:
        raise Fault(f"<{element.tag}> is nothing that {type(parent).__name__} has")
    parameters = inspect.signature(method).parameters
    arguments = {}
    for name, value in element.attrib.items():
        argument = RENAMED.get(name, snake(name))
        if argument not in parameters:
            raise Fault(f"<{element.tag}> has no attribute {name}")
        arguments[argument] = value
    text = element.text or ""
    if text:
        first = next(iter(parameters))
        if first not in TEXTS or first in arguments:
            raise Fault(f"<{element.tag}> holds no text")
        arguments[first] = text
    made = method(**arguments)
    return 1 + sum(rebuild(child, made) for child in element)


def canonical(element):
    """What counts of an element; spaces count."""
    return (
        element.tag, sorted(element.attrib.items()), element.text or "", element.tail or "",
        [canonical(child) for child in element],
    )


def read_back(text):
    """Returns how many elements the document has."""
    from twilio.twiml.messaging_response import MessagingResponse
    from twilio.twiml.voice_response import VoiceResponse

    root = ElementTree.fromstring(text.encode("utf-8"))
    if root.tag != "Response" or root.attrib or root.text:
        raise Fault("the document is not a bare <Response>")
    is_messaging = any(child.tag == "Message" for child in root)
    response = MessagingResponse() if is_messaging else VoiceResponse()
    count = sum(rebuild(child, response) for child in root)
    written = ElementTree.fromstring(response.to_xml().encode("utf-8"))
    if canonical(written) != canonical(root):
        raise Fault(f"the library writes it otherwise: {response.to_xml()}")
    return count + 1


def main():
    version = twilio_sdk.require()
    with open(sys.argv[1], encoding="utf-8") as file:
        documents = json.load(file)
    faults = elements = 0
    for document in documents:
        try:
            elements += read_back(document["xml"])
        except (Fault, ElementTree.ParseError, TypeError) as error:
            faults += 1
            print(f"{document['name']}: {error}: {document['xml']}")
    print(f"twilio {version} read back {len(documents) - faults} of {len(documents)} documents, "
          f"{elements} elements")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
