"""The virtual environment of the peers, in the cache that set-up uses."""

import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(os.environ.get("STREAMD_CACHE") or pathlib.Path(base) / "streamd")


def folder():
    """One for each list of requirements and version of Python."""
    wanted = (HERE / "requirements.txt").read_bytes() + sys.version.encode()
    return cache() / f"peers-{hashlib.sha256(wanted).hexdigest()[:12]}"


def python():
    return folder() / "bin" / "python"


def install():
    """Installs what is missing; why that did not work, or None."""
    if (folder() / "installed").exists():
        return None
    print(f"peers: installing into {folder()} (some minutes, half a gigabyte) …", flush=True)
    cache().mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder(), ignore_errors=True)
    log = cache() / "peers.log"
    steps = [
        [sys.executable, "-m", "venv", folder()],
        [python(), "-m", "pip", "install", "--disable-pip-version-check", "--only-binary", ":all:",
         # The one package that comes as source only: pure Python, one file.
         "--no-binary", "docopt",
         "--requirement", HERE / "requirements.txt"],
        # Once, so that no run pays for it.
        [python(), "-m", "compileall", "-q", folder() / "lib"],
    ]
    with open(log, "w") as out:
        for number, step in enumerate(steps):
            done = subprocess.run(
                [str(word) for word in step], stdout=out, stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL)
            # Some packages carry files that are meant for other Pythons and do not compile.
            if done.returncode and number < 2:
                out.flush()
                last = log.read_text().strip().splitlines()[-1:]
                return f"could not be installed ({' '.join(last)}); see {log}"
    (folder() / "installed").touch()
    return None


def versions():
    """The peers' versions by name."""
    found = {}
    for info in folder().glob("lib/python*/site-packages/*.dist-info"):
        name, _, version = info.name.removesuffix(".dist-info").partition("-")
        found[name.replace("_", "-")] = version
    return found


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
