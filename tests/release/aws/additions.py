"""What the emulator lacks, beside it: each addition names the page of AWS's documentation that it follows."""


def install() -> None:
    """Puts the additions in place, before the first request."""
