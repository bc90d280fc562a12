"""The type hints of the Python client are complete and consistent. Usage: check_types.py [ROOT]

mypy reads the built package, because the types of the protocol's messages are generated."""

import pathlib
import subprocess
import sys
import tempfile

PACKAGE = "clients/python"
# The only construct of Python 3.11 that Debian's mypy calls incomplete.
OPTIONS = ("--strict", "--enable-incomplete-feature=Unpack", "--no-error-summary", "--cache-dir=/dev/null")
GENERATED = "_pb2.pyi:"


def problems(root):
    with tempfile.TemporaryDirectory(prefix="telex-types-") as folder:
        build = [sys.executable, "-W", "ignore", "setup.py", "--quiet", "egg_info", "--egg-base", folder, "build",
                 "--build-base", f"{folder}/base", "--build-lib", f"{folder}/lib"]
        subprocess.run(build, cwd=root / PACKAGE, check=True, capture_output=True)
        found = subprocess.run([sys.executable, "-m", "mypy", *OPTIONS, "telex"], cwd=f"{folder}/lib", check=False,
                               capture_output=True, text=True)
    if found.returncode > 1:
        sys.exit(found.stderr)
    lines = found.stdout.splitlines()
    return [f"{PACKAGE}/{line}" for line in lines if GENERATED not in line and ": note:" not in line]


def main():
    found = problems(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
    print(*found, sep="\n", end="\n" if found else "")
    print(f"types: {PACKAGE}, {len(found)} problems")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
