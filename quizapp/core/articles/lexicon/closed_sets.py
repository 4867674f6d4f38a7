"""Closed sets of things of one kind, from which wrong options can be taken.

A member is as good an answer in form as any other of its set, and only one of them can be right.
"""

SETS: dict[str, str] = {
    "continents": "Africa; Asia; Australia; Europe; North America; South America",
    "oceans": "Arctic Ocean; Atlantic Ocean; Indian Ocean; Pacific Ocean; Southern Ocean",
    "planets": "Mercury; Venus; Mars; Jupiter; Saturn; Uranus; Neptune",
    "seasons": "spring; summer; autumn; winter",
    "directions": "north; south; east; west",
    "months": """January; February; March; April; May; June; July; August; September; October;
        November; December""",
    "weekdays": "Monday; Tuesday; Wednesday; Thursday; Friday; Saturday; Sunday",
    "gases": """oxygen; nitrogen; hydrogen; carbon dioxide; helium; methane; argon; ozone; ammonia;
        chlorine; neon""",
    "metals": """iron; copper; gold; silver; tin; lead; zinc; aluminium; nickel; platinum; mercury;
        titanium; tungsten""",
    "alloys": "bronze; brass; steel; pewter",
    "minerals": """calcium; potassium; sodium; magnesium; phosphorus; iodine; zinc; sulphur;
        silicon""",
    "nutrients": "protein; carbohydrate; fat; fibre; starch; sugar",
    "vitamins": "vitamin A; vitamin B12; vitamin C; vitamin D; vitamin E; vitamin K",
    "organs": """heart; liver; kidney; lung; stomach; brain; pancreas; spleen; gallbladder;
        bladder; intestine""",
    "blood": "red blood cells; white blood cells; platelets; plasma",
    "cell parts": """nucleus; mitochondria; ribosomes; cell membrane; cell wall; chloroplasts;
        vacuole; cytoplasm""",
    "plant parts": "root; stem; leaf; flower; seed; bark; petal",
    "animal groups": "mammals; birds; reptiles; amphibians; fish; insects; arachnids; crustaceans",
    "living things": "bacteria; viruses; fungi; algae; protozoa; plants",
    "rocks": """granite; basalt; limestone; sandstone; marble; slate; shale; obsidian; pumice;
        chalk""",
    "branches": "executive branch; legislative branch; judicial branch",
    "empires": """Roman Empire; Ottoman Empire; Mongol Empire; Byzantine Empire; Persian Empire;
        Inca Empire; Aztec Empire; British Empire; Mughal Empire""",
    "religions": "Buddhism; Christianity; Hinduism; Islam; Judaism; Sikhism; Taoism; Confucianism",
    "languages": """Arabic; Chinese; English; French; German; Greek; Hebrew; Italian; Japanese;
        Latin; Persian; Portuguese; Russian; Sanskrit; Spanish; Turkish""",
    "peoples": """Arabs; Aztecs; Babylonians; Chinese; Egyptians; Greeks; Incas; Maya; Persians;
        Phoenicians; Romans; Sumerians; Vikings""",
    "countries": """Argentina; Australia; Austria; Belgium; Brazil; Canada; Chile; China; Colombia;
        Cuba; Denmark; Egypt; England; Ethiopia; Finland; France; Germany; Ghana; Greece; Hungary;
        India; Indonesia; Iran; Iraq; Ireland; Israel; Italy; Japan; Kenya; Korea; Mali; Mexico;
        Morocco; Netherlands; New Zealand; Nigeria; Norway; Peru; Poland; Portugal; Russia;
        Scotland; South Africa; Spain; Sweden; Switzerland; Thailand; Turkey; Ukraine;
        United States; Vietnam""",
    "cities": """Amsterdam; Athens; Baghdad; Beijing; Berlin; Boston; Cairo; Chicago; Delhi;
        Florence; Istanbul; Jerusalem; Lisbon; London; Madrid; Milan; Moscow; Naples; New York;
        Paris; Prague; Rome; Stockholm; Tokyo; Venice; Vienna; Warsaw; Washington""",
    "instruments": """violin; viola; cello; double bass; flute; clarinet; oboe; bassoon; trumpet;
        trombone; horn; tuba; piano; harpsichord; organ; guitar; harp; drum""",
    "grains": "wheat; rice; maize; barley; oats; rye; millet; sorghum",
    "colours": "red; orange; yellow; green; blue; violet; purple; black; white; brown",
    "states of matter": "solid; liquid; gas; plasma",
    "sciences": """astronomy; biology; botany; chemistry; economics; geology; linguistics;
        mathematics; physics; psychology; zoology""",
    "materials": "wood; stone; clay; glass; steel; concrete; brick; plastic; paper; leather; wool",
    "fuels": "coal; oil; natural gas; uranium; wood; peat; hydrogen",
}


def members(name: str) -> tuple[str, ...]:
    """Return the members of a set, spelled as in the middle of a sentence."""
    return tuple(" ".join(one.split()) for one in SETS[name].split(";"))


def siblings(term: str) -> tuple[str, ...]:
    """Return the other members of the set that has this term, () where none has."""
    wanted = term.casefold()
    for name in SETS:
        found = members(name)
        if any(one.casefold() == wanted for one in found):
            return tuple(one for one in found if one.casefold() != wanted)
    return ()
