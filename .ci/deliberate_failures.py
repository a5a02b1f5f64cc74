"""A check for .ci/schemathesis: no failure of the server but those that it means and documents."""

import schemathesis

# Too much is asked of the server, or its disk is full.
DELIBERATE = {
    503: "urn:hyperface:problem:overloaded",
    507: "urn:hyperface:problem:storage-full",
}


@schemathesis.check
def only_deliberate_failures(ctx, response, case):
    status = response.status_code
    if status < 500:
        return
    kind = response.json().get("type")
    if DELIBERATE.get(status) != kind:
        raise AssertionError(f"{status} {kind}")
    if status == 503 and not int(response.headers["retry-after"][0]) >= 1:
        raise AssertionError("503 without a Retry-After of seconds")
