"""Where and when a measurement was made, as the results of journeys and faults name it."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import date


def made_on() -> dict[str, str]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "commit": commit.stdout.strip(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} at the end",
        "date": date.today().isoformat(),
    }
