#!/usr/bin/env python3
"""Writes Tests/TwilioTests/Vectors/signatures.json with Twilio's own library (9.13.0), which
scripts/setup lays into the cache.

Usage: scripts/signature-vectors.py [--check]     with --check nothing is written, and the end is 1
where the library's signatures are not those of the file.

The requests are drawn with a fixed seed, so that running it again changes nothing.
"""
import hashlib
import json
import pathlib
import random
import sys

import twilio_sdk

twilio_sdk.require()
from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator  # noqa: E402

SEED = 20240611
ALPHABET = list("abcXYZ019 +&=%/?#\"'<>\n\t-_.~") + ["é", "e\u0301", "ß", "日本", "🙂", "\u00ff", "\uffee"]
URLS = [
    "https://voice.example.com/twilio/voice",
    "https://voice.example.com/twilio/voice?assistant=concya&x=1%202",
    "https://voice.example.com:8443/a",
    "https://voice.example.com:443/",
    "http://voice.example.com:80/a/b",
    "http://voice.example.com",
    "wss://voice.example.com/twilio/stream",
]


class Form(dict):
    """A form whose names may repeat, as web frameworks hand it to the library."""

    def getall(self, name):
        return self[name]


def text(rng, longest):
    return "".join(rng.choice(ALPHABET) for _ in range(rng.randint(0, longest)))


def form(rng):
    parameters = [(text(rng, 6), text(rng, 12)) for _ in range(rng.randint(0, 8))]
    for _ in range(rng.randint(0, 3)):
        if parameters:
            name, value = rng.choice(parameters)
            parameters.append((name, rng.choice([value, text(rng, 4)])))
    rng.shuffle(parameters)
    return parameters


def main():
    rng = random.Random(SEED)
    vectors = {"forms": [], "bodies": []}
    fixed = [
        [("CallSid", "CA1"), ("From", "+15551234567"), ("To", "+15557654321"), ("Digits", "1234")],
        [("MediaUrl", "b"), ("MediaUrl", "a"), ("MediaUrl", "b"), ("Body", "")],
        # The library's order is that of code points, not of a language.
        [("Z", "1"), ("a", "2"), ("é", "3"), ("e\u0301", "4"), ("🙂", "5"), ("\uffee", "6")],
        [],
    ]
    for number in range(120):
        parameters = fixed[number] if number < len(fixed) else form(rng)
        token = text(rng, 20) + "t"
        url = URLS[number % len(URLS)]
        algorithm = HMAC_SHA256 if number % 10 == 9 else HMAC_SHA1
        grouped = Form()
        for name, value in parameters:
            grouped.setdefault(name, []).append(value)
        signature = RequestValidator(token).compute_signature(url, grouped, algorithm)
        vectors["forms"].append({
            "url": url, "token": token, "parameters": [list(p) for p in parameters],
            "algorithm": algorithm, "signature": signature,
        })
    for number in range(20):
        body = json.dumps({"n": number, "text": text(rng, 40)}, ensure_ascii=False)
        digest = hashlib.sha256(body.encode("utf-8")).hexdigest()
        url = f"https://voice.example.com/events?bodySHA256={digest}"
        if number % 2:
            url += "&n=1"
        token = f"token{number}"
        validator = RequestValidator(token)
        signature = validator.compute_signature(url, {})
        assert validator.validate(url, body, signature)
        vectors["bodies"].append({"url": url, "token": token, "body": body, "signature": signature})
    target = pathlib.Path(__file__).resolve().parent.parent / "Tests/TwilioTests/Vectors"
    file = target / "signatures.json"
    written = json.dumps(vectors, indent=1, ensure_ascii=True, sort_keys=True) + "\n"
    count = f"{len(vectors['forms'])} forms, {len(vectors['bodies'])} JSON bodies"
    if sys.argv[1:] == ["--check"]:
        is_same = file.read_text() == written
        print(f"{count}: {'the same' if is_same else 'not those of ' + file.name}")
        return 0 if is_same else 1
    target.mkdir(parents=True, exist_ok=True)
    file.write_text(written)
    print(count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
