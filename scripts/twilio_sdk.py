"""Makes Twilio's own Python library importable: as scripts/setup laid it into the cache, or as it is
installed. Where there is none, the program ends with 69 and says so."""
import os
import pathlib
import sys

VERSION = "9.13.0"


def require():
    """Returns the version that is used."""
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    cache = pathlib.Path(os.environ.get("STREAMD_CACHE") or pathlib.Path(home) / "streamd")
    sys.path.insert(0, str(cache / f"twilio-{VERSION}"))
    try:
        import twilio
        import twilio.request_validator  # noqa: F401
        import twilio.twiml  # noqa: F401
    except ImportError as error:
        print(f"Twilio's Python library is missing ({error}): run scripts/setup", file=sys.stderr)
        sys.exit(69)  # EX_UNAVAILABLE
    return twilio.__version__
