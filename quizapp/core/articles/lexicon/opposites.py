"""Pairs of opposite words that can be swapped in a sentence so that it turns false.

Only pairs whose swap reads well and cannot stay true. Each half keeps the word class of the other.
"""

# tag: spaCy's coarse part of speech that the word must have where it is swapped
_PAIRS: dict[str, str] = {
    "VERB": """increase/decrease increases/decreases increased/decreased increasing/decreasing
        rises/falls raises/lowers raised/lowered raise/lower expands/contracts expanded/contracted
        expand/contract strengthens/weakens strengthened/weakened strengthen/weaken
        absorbs/releases absorb/release absorbed/released attracts/repels attract/repel
        accelerates/slows accelerate/slow heats/cools heat/cool melts/freezes melt/freeze
        gains/loses gain/lose gained/lost supports/opposes supported/opposed support/oppose
        accepts/rejects accepted/rejected encourages/discourages encouraged/discouraged
        encourage/discourage permits/forbids permitted/forbidden permit/forbid
        import/export imports/exports imported/exported speeds/slows dissolves/hardens
        tightens/loosens tighten/loosen evaporates/condenses evaporate/condense widens/narrows
        widened/narrowed widen/narrow lengthens/shortens lengthened/shortened lengthen/shorten
        brightens/darkens brighten/darken improves/worsens improved/worsened improve/worsen
        ascends/descends advances/retreats advanced/retreated thickens/thins succeeded/failed""",
    "ADJ": """higher/lower larger/smaller greater/smaller bigger/smaller longer/shorter
        warmer/cooler hotter/colder heavier/lighter faster/slower stronger/weaker older/younger
        thicker/thinner wider/narrower deeper/shallower cheaper/dearer harder/softer denser/thinner
        brighter/dimmer wetter/drier sweeter/sourer richer/poorer taller/shorter earlier/later
        highest/lowest largest/smallest greatest/smallest biggest/smallest longest/shortest
        fastest/slowest strongest/weakest oldest/youngest deepest/shallowest heaviest/lightest
        hottest/coldest warmest/coldest thickest/thinnest earliest/latest brightest/dimmest
        northern/southern eastern/western internal/external inner/outer upper/lower
        positive/negative acidic/alkaline soluble/insoluble visible/invisible edible/poisonous
        rigid/flexible opaque/transparent transparent/opaque solid/liquid nocturnal/diurnal
        voluntary/involuntary mandatory/optional compulsory/voluntary
        permanent/temporary temporary/permanent domestic/foreign rural/urban urban/rural
        natural/artificial synthetic/natural mild/severe shallow/deep deep/shallow
        warm/cold cold/warm hot/cold wet/dry dry/wet maximum/minimum""",
    "ADV": """faster/slower upward/downward upwards/downwards clockwise/counterclockwise
        inward/outward inwards/outwards slowly/quickly quickly/slowly rapidly/slowly more/less
        directly/indirectly northward/southward eastward/westward""",
    "ADP": "above/below below/above before/after after/before inside/outside outside/inside",
}


def _table() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for tag, pairs in _PAIRS.items():
        for pair in pairs.split():
            one, other = pair.split("/")
            found.setdefault((one, tag), other)
            found.setdefault((other, tag), one)
    return found


OPPOSITES = _table()
