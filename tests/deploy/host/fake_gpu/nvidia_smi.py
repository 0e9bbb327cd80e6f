"""FAKE nvidia-smi FOR TEST HOSTS ONLY. There is no card behind it.

Reads the file that $EUGUARD_FAKE_GPU names, else /etc/euguard-FAKE-gpu.json; install.py writes it.
Answers `-q -x`, `--query-gpu=FIELDS --format=csv[,noheader][,nounits]`, `-L` and `--version` in the
real tool's shape (its XML: nvsmi_device_v12.dtd), says FAKE on stderr each time, and refuses every
other option, so that nothing takes it for a driver.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

CONFIGURATION = os.environ.get("EUGUARD_FAKE_GPU", "/etc/euguard-FAKE-gpu.json")
UNITS = {"memory.total": "MiB", "memory.used": "MiB", "memory.free": "MiB", "power.limit": "W"}
WORDS = {True: "Enabled", False: "Disabled"}
YES = {True: "Yes", False: "No"}


def main(arguments: list[str]) -> int:
    """Answer one question."""
    sys.stderr.write("euguard: FAKE nvidia-smi (a test host, no card)\n")
    told = json.loads(Path(CONFIGURATION).read_text())
    if told.get("hang"):
        time.sleep(3600)
    if told.get("error"):
        print(told["error"])
        return 18
    options = dict(one.split("=", 1) for one in arguments if "=" in one)
    if "--version" in arguments:
        print(f"DRIVER version      : {told['driver']}\nCUDA Version        : {told['cuda']}")
        return 0
    if not told["gpus"]:
        print("No devices were found")
        return 6
    if arguments == ["-q", "-x"]:
        print(xml(told))
    elif arguments == ["-L"]:
        for index, card in enumerate(told["gpus"]):
            print(f"GPU {index}: {card['name']} (UUID: {uuid(index)})")
    elif "--query-gpu" in options:
        return csv(told, options["--query-gpu"].split(","), options.get("--format", "csv"))
    else:
        sys.stderr.write("FAKE nvidia-smi: option not supported\n")
        return 2
    return 0


def csv(told: dict[str, Any], fields: list[str], form: str) -> int:
    """Print the fields of each card."""
    if "noheader" not in form:
        print(", ".join(f"{f} [{UNITS[f]}]" if f in UNITS else f for f in fields))
    for index, card in enumerate(told["gpus"]):
        row = fields_of(index, card, told["driver"])
        unknown = [one for one in fields if one not in row]
        if unknown:
            print(f'Field "{unknown[0]}" is not a valid field to query.')
            return 2
        units = {} if "nounits" in form else UNITS
        print(", ".join(f"{row[f]} {units[f]}" if f in units else row[f] for f in fields))
    return 0


def fields_of(index: int, card: dict[str, Any], driver: str) -> dict[str, str]:
    """Return field → value of one card."""
    return {
        "index": str(index),
        "name": card["name"],
        "uuid": uuid(index),
        "driver_version": driver,
        "memory.total": str(card["total_mib"]),
        "memory.used": str(card["used_mib"]),
        "memory.free": str(free(card)),
        "compute_cap": card["cc"],
        "mig.mode.current": WORDS[card["mig"]],
        "ecc.mode.current": WORDS[card["ecc"]],
        "persistence_mode": WORDS[card["persistence"]],
        "power.limit": f"{card['limit_w']}.00",
        "ecc.errors.uncorrected.volatile.total": str(card["uncorrected"]),
        "count": str(index + 1),
    }


def uuid(index: int) -> str:
    """Return a UUID that nobody takes for a real card's."""
    return f"GPU-FAKE0000-0000-0000-0000-{index:012d}"


def free(card: dict[str, Any]) -> int:
    """Return the free MiB; the driver reserves some that nobody uses."""
    left: int = card["total_mib"] - card["used_mib"] - card["reserved_mib"]
    return left


def xml(told: dict[str, Any]) -> str:
    """Return what `-q -x` prints, as far as a pre-flight check reads it."""
    cards = "\n".join(card_xml(index, card) for index, card in enumerate(told["gpus"]))
    return f"""<?xml version="1.0" ?>
<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">
<nvidia_smi_log>
\t<timestamp>FAKE</timestamp>
\t<driver_version>{told["driver"]}</driver_version>
\t<cuda_version>{told["cuda"]}</cuda_version>
\t<attached_gpus>{len(told["gpus"])}</attached_gpus>
{cards}
</nvidia_smi_log>"""


def card_xml(index: int, card: dict[str, Any]) -> str:
    """Return one `gpu` element."""
    processes = "".join(
        f"<process_info><pid>{pid}</pid><type>C</type><process_name>FAKE</process_name>"
        f"<used_memory>{mib} MiB</used_memory></process_info>"
        for pid, mib in card["processes"]
    )
    return f"""\t<gpu id="00000000:{index + 1:02X}:00.0">
\t\t<product_name>{escape(card["name"])}</product_name>
\t\t<persistence_mode>{WORDS[card["persistence"]]}</persistence_mode>
\t\t<mig_mode><current_mig>{WORDS[card["mig"]]}</current_mig></mig_mode>
\t\t<uuid>{uuid(index)}</uuid>
\t\t<fb_memory_usage>
\t\t\t<total>{card["total_mib"]} MiB</total>
\t\t\t<reserved>{card["reserved_mib"]} MiB</reserved>
\t\t\t<used>{card["used_mib"]} MiB</used>
\t\t\t<free>{free(card)} MiB</free>
\t\t</fb_memory_usage>
\t\t<ecc_mode><current_ecc>{WORDS[card["ecc"]]}</current_ecc></ecc_mode>
\t\t<ecc_errors>
\t\t\t<volatile>
\t\t\t\t<sram_correctable>0</sram_correctable>
\t\t\t\t<sram_uncorrectable_parity>0</sram_uncorrectable_parity>
\t\t\t\t<sram_uncorrectable_secded>0</sram_uncorrectable_secded>
\t\t\t\t<dram_correctable>0</dram_correctable>
\t\t\t\t<dram_uncorrectable>{card["uncorrected"]}</dram_uncorrectable>
\t\t\t</volatile>
\t\t</ecc_errors>
\t\t<remapped_rows>
\t\t\t<remapped_row_failure>{YES[card["remap_failure"]]}</remapped_row_failure>
\t\t</remapped_rows>
\t\t<gpu_power_readings>
\t\t\t<current_power_limit>{card["limit_w"]}.00 W</current_power_limit>
\t\t\t<default_power_limit>{card["default_w"]}.00 W</default_power_limit>
\t\t</gpu_power_readings>
\t\t<processes>{processes}</processes>
\t</gpu>"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
