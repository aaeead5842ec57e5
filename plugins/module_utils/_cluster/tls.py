# Copyright: okd.image_registry contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a connection to the context of its TLS handshakes."""

from __future__ import annotations

import contextlib
import os
import ssl
import tempfile
from collections.abc import Iterator

from ansible_collections.okd.image_registry.plugins.module_utils._cluster.connection import Connection, Pem
from ansible_collections.okd.image_registry.plugins.module_utils._objects.errors import UnusableCertificate

try:
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:  # reported by the file that reads the connection options
    create_urllib3_context = None


def context(connection: Connection) -> ssl.SSLContext:
    """Return the context for handshakes with the server.

    Raises UnusableCertificate for certificates or keys that cannot be used; in a handshake, a file that is missing
    would look like a server that is away.
    """
    made = trusting(connection)
    certificate, key = connection.client_certificate, connection.client_key
    if certificate:
        what = f"client certificate (client_cert) or its key (client_key) cannot be read from {certificate.source}"
        with _told(what + (f" and {key.source}" if key else "")), _file(certificate) as chain, _file(key) as private:
            # An empty passphrase makes an encrypted key an error; with none, OpenSSL would ask for it.
            made.load_cert_chain(chain or "", private, password="")
    return made


def trusting(connection: Connection) -> ssl.SSLContext:
    """Return a context that trusts whom the connection trusts, and shows no client certificate."""
    made: ssl.SSLContext = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if connection.verify else ssl.CERT_NONE)
    if connection.ca is None:
        made.load_default_certs()
        return made
    with _told(f"CA certificates (ca_cert) cannot be read from {connection.ca.source}"):
        if connection.ca.content is None:
            made.load_verify_locations(cafile=connection.ca.source)
        else:
            made.load_verify_locations(cadata=connection.ca.content.decode("ascii", "replace"))
    return made


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise UnusableCertificate(
            f"The {what}: {error}. Give a file in PEM format that the task can read where it runs."
        ) from error


@contextlib.contextmanager
def _file(pem: Pem | None) -> Iterator[str | None]:
    """Provide the path of a file with the content, which OpenSSL takes from files only; it is gone right afterwards."""
    if pem is None or pem.content is None:
        yield pem.source if pem else None
        return
    descriptor, path = tempfile.mkstemp()
    try:
        with open(descriptor, "wb") as file:
            file.write(pem.content)
        yield path
    finally:
        os.unlink(path)
