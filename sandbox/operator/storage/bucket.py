# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to an S3 endpoint on the loopback interface; no other host is ever contacted."""

from __future__ import annotations

import ipaddress
import tempfile
import uuid
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import requests
from requests_aws4auth import AWS4Auth

from .credentials import AccessKey

TIMEOUT_SECONDS = 10
_NAMESPACE = "{http://s3.amazonaws.com/doc/2006-03-01/}"
_NO_BODY = {403: "Forbidden", 404: "NotFound"}


class S3Error(Exception):
    """S3 refused a request; the text is what the AWS client prints, with a request id that is new each time."""

    def __init__(self, code: str, message: str, status: int, request_id: str) -> None:
        super().__init__(f"{code}: {message}\n\tstatus code: {status}, request id: {request_id}, host id: ")
        self.code = code


class Unreachable(Exception):
    """The endpoint gave no answer."""

    code = "RequestError"


@dataclass(frozen=True)
class Bucket:
    """One bucket at one endpoint (a URL); `authority` is a PEM bundle to trust instead of the system's.

    `refusal` is an S3 error code with which every request fails; `ok` sends the requests.
    Methods raise S3Error or Unreachable.
    """

    name: str
    region: str
    endpoint: str
    access_key: AccessKey
    virtual_hosted: bool = False
    authority: str = ""
    refusal: str = "ok"

    def head(self) -> None:
        """Ask whether the bucket exists and may be used."""
        self._request("HEAD")

    def create(self) -> None:
        """Create the bucket."""
        body = ""
        if self.region != "us-east-1":
            body = _document("CreateBucketConfiguration", f"<LocationConstraint>{self.region}</LocationConstraint>")
        self._request("PUT", body=body)

    def block_public_access(self) -> None:
        """Forbid public access to the bucket and its objects."""
        rules = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        body = "".join(f"<{rule}>true</{rule}>" for rule in rules)
        self._request("PUT", "publicAccessBlock", _document("PublicAccessBlockConfiguration", body))

    def tag(self, tags: dict[str, str]) -> None:
        """Replace the bucket's tags."""
        body = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in tags.items())
        self._request("PUT", "tagging", _document("Tagging", f"<TagSet>{body}</TagSet>"))

    def encrypt(self, key_id: str) -> None:
        """Encrypt objects by default, with a key of the key management service when one is given."""
        rule = "<SSEAlgorithm>AES256</SSEAlgorithm>"
        if key_id:
            rule = f"<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{key_id}</KMSMasterKeyID>"
        body = f"<Rule><ApplyServerSideEncryptionByDefault>{rule}</ApplyServerSideEncryptionByDefault></Rule>"
        self._request("PUT", "encryption", _document("ServerSideEncryptionConfiguration", body))

    def clean_up_uploads(self) -> None:
        """Drop uploads that were not completed within one day."""
        body = (
            "<Rule><ID>cleanup-incomplete-multipart-registry-uploads</ID><Filter><Prefix></Prefix></Filter>"
            "<Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation>"
            "</AbortIncompleteMultipartUpload></Rule>"
        )
        self._request("PUT", "lifecycle", _document("LifecycleConfiguration", body))

    def delete(self) -> None:
        """Delete all objects and then the bucket; one that is gone already is no error."""
        try:
            for key in self._keys():
                self._request("DELETE", path=f"/{quote(key)}")
            self._request("DELETE")
        except S3Error as error:
            if error.code != "NoSuchBucket":
                raise

    def _keys(self) -> Iterator[str]:
        # Each listing starts anew, because the keys of the one before are deleted by then.
        while True:
            answer = ElementTree.fromstring(self._request("GET", "list-type=2"))
            keys = [element.text or "" for element in answer.iter(f"{_NAMESPACE}Key")]
            if not keys:
                return
            yield from keys

    def _url(self) -> str:
        parts = urlsplit(self.endpoint)
        if self.virtual_hosted:
            return f"{parts.scheme}://{self.name}.{parts.netloc}"
        return f"{self.endpoint.rstrip('/')}/{self.name}"

    def _request(self, method: str, query: str = "", body: str = "", path: str = "") -> bytes:
        if self.refusal != "ok":
            raise S3Error(self.refusal, "the request was refused", 403, uuid.uuid4().hex)
        url = f"{self._url()}{path}{'?' if query else ''}{query}"
        self._require_loopback(method, url)
        signature = AWS4Auth(self.access_key.key_id, self.access_key.secret, self.region, "s3")
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as authority:
            authority.write(self.authority)
            authority.flush()
            verify: str | bool = authority.name if self.authority else True
            try:
                response = requests.request(
                    method, url, data=body.encode(), auth=signature, verify=verify, timeout=TIMEOUT_SECONDS
                )
            except requests.RequestException as error:
                raise self._unreachable(method, url, str(error)) from error
        if not response.ok:
            raise _error(response)
        return response.content

    def _require_loopback(self, method: str, url: str) -> None:
        host = urlsplit(url).hostname or ""
        try:
            loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            loopback = host.endswith(".localhost")
        if not loopback:
            raise self._unreachable(method, url, f"dial tcp: lookup {host}: no such host")

    def _unreachable(self, method: str, url: str, cause: str) -> Unreachable:
        return Unreachable(f'RequestError: send request failed\ncaused by: {method.capitalize()} "{url}": {cause}')


def _document(root: str, body: str) -> str:
    return f'<{root} xmlns="{_NAMESPACE[1:-1]}">{body}</{root}>'


def _error(response: requests.Response) -> S3Error:
    request_id = response.headers.get("x-amzn-requestid") or response.headers.get("x-amz-request-id", "")
    code, message = _NO_BODY.get(response.status_code, response.reason), response.reason
    if response.content:
        document = ElementTree.fromstring(response.content)
        code, message = document.findtext("Code", code), document.findtext("Message", message)
    return S3Error(code, message, response.status_code, request_id)
