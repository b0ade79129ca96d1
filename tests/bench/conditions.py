"""What a measurement depends on: machine, file system, versions, flags. All as text, for people."""

import datetime
import json
import os
import pathlib
import platform
import re
import subprocess

PACKAGES = ["liblmdb0", "libcapnp-0.9.2", "libuv1", "libssl3", "libspdlog1.10", "g++", "libc6",
            "postgresql-15", "libpq5", "libsqlite3-0", "redis-server", "libhiredis0.14",
            "python3-matplotlib"]


def _answer(*command):
    """What a command prints, or empty text when it cannot."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _first(pattern, path):
    found = re.search(pattern, pathlib.Path(path).read_text(encoding="utf-8"), re.MULTILINE)
    return found.group(1).strip() if found else ""


def _flags(build):
    """How the measured program was compiled, without what names folders."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        if entry["file"].endswith("/daemon/main.cc"):
            words = entry["command"].split()
            return " ".join(word for word in words if re.match(r"-(O|f|m|std|g|DNDEBUG)", word)
                            and "prefix-map" not in word)
    raise RuntimeError("the daemon is not in compile_commands.json")


def _libraries():
    versions = []
    for package in PACKAGES:
        version = _answer("dpkg-query", "-W", "-f", "${Version}", package)
        versions.append(f"{package} {version or 'not installed'}")
    return ", ".join(versions)


def load_average():
    """Of the last minute: what else ran, this included."""
    return round(os.getloadavg()[0], 2)


def describe(build, folder, repository):
    """The conditions of a run whose data lies in `folder`."""
    mount = (_answer("findmnt", "-n", "-o", "FSTYPE,OPTIONS", "-T", str(folder))
             or _answer("stat", "-f", "-c", "%T", str(folder)))
    processor = _first(r"model name\s*:(.*)", "/proc/cpuinfo") or platform.machine()
    memory = _first("MemTotal:(.*)", "/proc/meminfo")
    system = _first('PRETTY_NAME="(.*)"', "/etc/os-release")
    compiler = _answer(_first(r"^CMAKE_CXX_COMPILER:\w+=(.*)$", build / "CMakeCache.txt"),
                       "--version").splitlines()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "source": _answer("git", "-C", str(repository), "describe", "--always", "--dirty"),
        "machine": f"{processor}, {os.cpu_count()} CPUs, memory {memory}",
        "system": f"{system}, Linux {platform.release()}",
        "file system": " ".join(mount.split()),
        "compiler": f"{compiler[0]}, flags {_flags(build)}",
        "libraries": _libraries(),
        "load average at the start": load_average(),
    }
