"""A certificate authority for tests, made by openssl."""

import os
import subprocess

from processes import DEADLINE


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True,
                   timeout=DEADLINE)


def make_authority(folder):
    openssl(folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test Authority")


def issue(folder, name, common_name, days=90):
    """Creates NAME.pem and NAME.key for localhost; expired if the number of days is negative."""
    with open(f"{folder}/{name}.ext", "w", encoding="ascii") as extensions:
        extensions.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl(folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={common_name}")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    os.chmod(f"{folder}/{name}.key", 0o600)


def key_pin(certificate):
    """Returns the pin of the public key, by the command of the documentation."""
    command = ('openssl x509 -in "$1" -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | '
               "base64")
    return subprocess.run(["sh", "-c", command, "sh", certificate], check=True, capture_output=True, text=True,
                          timeout=DEADLINE).stdout.strip()
