"""A journal decoded and judged by all checkers in a process of its own: CPU seconds and memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from harness import journalfile
from harness.journalfile import Writer
from harness.judge import judge
from tests.bench.measuring import Row, Scale
from tests.bench.runs import a_big_run, judged_by


def measure(scale: Scale) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        return [_of_size(size, Path(folder) / f"{size}.jsonl") for size in scale.sizes]


def _of_size(size: int, path: Path) -> Row:
    with Writer(path) as writer:
        for entry in a_big_run(size).entries:
            writer.append(entry)
    command = [sys.executable, "-m", "tests.bench.whole", f"{path}", f"{size}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    megabytes = path.stat().st_size / 1e6
    return Row(
        section="whole",
        what=f"decoded and judged {size:,}",
        count=size,
        unit="operations",
        seconds=told["seconds"],
        note=f"{megabytes:.0f} MB of journal, {told['peak_mb']:.0f} MB of memory at most",
    )


def _once(path: Path, size: int) -> dict[str, float]:
    begun_s = time.process_time()
    verdict = judge(judged_by(size), journalfile.read(path))
    seconds = time.process_time() - begun_s
    assert verdict.judgement == "pass", [f for f in verdict.findings if f.judgement != "pass"]
    # Linux counts it in kilobytes.
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    print(json.dumps(_once(Path(sys.argv[1]), int(sys.argv[2]))))
