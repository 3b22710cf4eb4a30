"""What a request is refused with, in Stripe's words and shape."""

from typing import Any

from reseller_portal.fake_gateway.things import Thing, public


class GatewayError(Exception):
    """A refusal: `status` and the JSON `body`.

    A `saved` one, such as a declined payment, leaves what it wrote, and is what the idempotency
    key of its request answers from now on. Any other leaves nothing.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        saved: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status, self.saved = status, saved
        self.error: Thing = {"message": message, "type": kind}
        self.error |= {name: value for name, value in more.items() if value is not None}
        if "code" in self.error:
            page = str(self.error["code"]).replace("_", "-")
            self.error["doc_url"] = f"https://stripe.com/docs/error-codes/{page}"

    @property
    def body(self) -> Thing:
        """Return what goes over the wire."""
        return {"error": public(self.error)}


def missing(param: str) -> GatewayError:
    """Return the refusal of a request that lacks a parameter."""
    message = f"Missing required param: {param}."
    return GatewayError(400, message, code="parameter_missing", param=param)


def no_such(noun: str, public_id: str, param: str = "id", status: int = 404) -> GatewayError:
    """Return the refusal of an id that means nothing; as a parameter's value it is a 400."""
    message = f"No such {noun}: '{public_id}'"
    return GatewayError(status, message, code="resource_missing", param=param)


def broken() -> GatewayError:
    """Return the answer of a gateway that has an error of its own."""
    message = "An unknown error occurred. If you have any questions, please contact support."
    return GatewayError(500, message, kind="api_error")
