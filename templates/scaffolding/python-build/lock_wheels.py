"""lock_wheels.py WHEELS: prints the lock of a folder of wheels."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import locks  # noqa: E402

try:
    sys.stdout.write(locks.from_wheels(sys.argv[1]))
except locks.Refused as problem:
    sys.exit(": ".join(problem.args))
