"""The page of a diagnostic, as ``rateml explain`` tells it, in Markdown."""

from __future__ import annotations

from rateml.checks.pages import pages


def page_markdown(code: str) -> str | None:
    """What a code means, an example and the way out; None for a code without a page."""
    page = pages().get(code)
    if page is None:
        return None
    parts = [f"# {page.code}: {page.title.removesuffix('.')}", page.body]
    if page.example:
        parts.append(f"## Example\n\n```xml\n{page.example}\n```")
    if page.fix:
        parts.append(f"## Fix\n\n{page.fix}")
    return "\n\n".join(parts) + "\n"
