"""Which licences let a row be handed on, and how the hub calls them.

Handed on is what Apache-2.0, MIT, BSD, CC0, CC BY, CC BY-SA, their NonCommercial forms and ODC-BY
cover. NoDerivatives, terms of use, and no licence at all are not: a mixture is a derivative work.
"""

import re

# Spelled as data sets do: `Apache-2.0`, `apache 2.0`, `CC BY-SA 4.0`, `The MIT License`.
HUB = {
    r"(the-)?mit(-licen[cs]e)?": "mit",
    r"apache(-licen[cs]e)?(,?-?(v|version-)?2(\.0)?)?": "apache-2.0",
    r"(the-)?bsd(-licen[cs]e)?": "bsd",
    r"bsd-([234])-clause(-licen[cs]e)?": r"bsd-\1-clause",
    r"cc-?0(-1\.0)?(-universal)?": "cc0-1.0",
    r"cc-by(-nc)?(-sa)?(-(?:[1-4]\.\d))?": r"cc-by\1\2\3",
    r"odc-by(-(?:v?1\.0))?": "odc-by",
}


def of_hub(licence: str | None) -> str | None:
    """The hub's name of a licence that lets a row be handed on; None: this one does not."""
    spelt = re.sub(r"[\s_]+", "-", (licence or "").strip().lower())
    for pattern, name in HUB.items():
        if found := re.fullmatch(pattern, spelt):
            return found.expand(name)
    return None


def non_commercial(licence: str | None) -> bool:
    """Whether it forbids commercial use."""
    return "-nc" in (of_hub(licence) or "")
