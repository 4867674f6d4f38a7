"""Closed lists of English words by what they do in a sentence."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Nouns that name nothing by themselves.
EMPTY_NOUNS = _set(
    """thing way part number type kind form example case fact time people person place lot result
    reason something anything everything nothing one other idea point area variety range amount
    group set use need aspect end beginning course matter respect manner sort process addition day
    order instance effect term member role majority most many some few several rest piece bit side
    year month week moment century decade today while half third quarter percent percentage
    total list series pair kind name word question answer problem change difference purpose
    reason degree level rate step stage feature characteristic element item version figure table
    section chapter author reader"""
)

# Words before a noun that are no part of a term.
LOOSE_MODIFIERS = _set(
    """other such many several certain particular new various own same next vast popular first
    second third last most few more less only similar different entire whole main major key
    important additional great good big large small long short little common usual typical simple
    modern famous early late recent real actual possible likely famous"""
)

# Pronouns that need to know what went before.
POINTING = _set(
    """it they them he she him this these those such itself themselves himself herself theirs hers
    latter former here there then thereby therein thereafter"""
)
POSSESSIVE = _set("its their his her")
PERSONAL = _set("we us our ours you your yours i me my mine ourselves yourself myself let")

# Words that tie a sentence to the one before it, wherever they stand.
TYING = _set(
    """other another same former latter following previous preceding subsequent subsequently
    additional too instead likewise similarly meanwhile afterwards afterward furthermore
    nevertheless nonetheless otherwise hence consequently accordingly
    aforementioned respectively alike else later earlier again above below besides both either
    neither next though similar"""
)

# Openings that can go without changing what the sentence says.
LEADS = (
    "however", "therefore", "thus", "moreover", "furthermore", "in addition", "additionally",
    "in fact", "indeed", "of course", "in other words", "in short", "in turn", "overall",
    "in particular", "today", "in general", "more importantly", "importantly", "notably",
    "interestingly", "fortunately", "unfortunately", "surprisingly", "naturally", "and", "but",
    "yet", "so", "still", "finally", "in the end", "ultimately", "as a result", "consequently",
    "in contrast", "by contrast", "on the other hand", "for this reason", "nevertheless",
    "nonetheless", "in reality", "in practice", "in truth", "for their part", "for its part",
    "clearly", "obviously", "perhaps surprisingly", "curiously", "remarkably", "hence",
)  # fmt: skip
# Openings after which the rest depends on what went before.
DEPENDENT_LEADS = (
    "for example", "for instance", "instead", "similarly", "likewise", "in the same way",
    "then", "next", "meanwhile", "otherwise", "afterwards", "later", "at the same time", "by then",
    "even so", "that said", "until then", "since then", "at that time", "at the time",
    "in this way", "first", "second", "third", "secondly", "thirdly", "lastly",
    "perhaps", "maybe", "conversely", "on the contrary", "suppose", "imagine", "consider",
    "note that", "in response", "from there", "from then on", "after that", "before that",
    "so did", "so do", "so does", "so was", "so were", "so is", "nor", "as in", "above all",
    "as such", "eventually", "even", "soon", "chances are", "ever since", "in ancient times",
    "more than that", "that is", "such", "not all", "unlike", "like",
)  # fmt: skip

# Words that limit how true a sentence is.
HEDGES = _set(
    """may might could perhaps maybe possibly probably likely unlikely often sometimes usually
    generally typically rarely seldom frequently commonly normally mostly mainly largely partly
    occasionally roughly approximately about around nearly almost somewhat tend tends appear
    appears seem seems suggest suggests believed thought estimated reportedly allegedly some many
    most few several"""
)
CONDITIONS = _set("if unless when whenever while until once provided although though whereas")

# Nouns that name one thing that everybody knows, so that "the N" points nowhere.
UNIQUE = _set(
    """body world earth sun moon sky sea ocean government law market internet environment brain
    heart economy public atmosphere past future present universe globe equator air ground soil
    weather climate north south east west bible military army navy police church state media
    press web stomach skin blood liver nose eye ear tongue mouth bloodstream city countryside
    night morning day winter summer spring autumn land horizon population country nation
    planet water"""
)

# Nouns for people: "who", not "what".
PEOPLE = _set(
    """doctor patient physician scientist people person researcher farmer producer consumer buyer
    seller settler explorer teacher student judge lawyer worker employee employer citizen colonist
    merchant philosopher king queen president economist nurse soldier man woman child author leader
    writer inventor engineer official lawmaker legislator attorney crew inhabitant sailor human
    individual parent biologist chemist physicist monk priest slave trader astronomer geologist
    historian artist painter composer musician player architect builder sculptor poet emperor
    ruler prince bishop pope missionary pilot driver photographer psychologist mathematician
    linguist designer athlete runner coach officer minister programmer user critic scholar
    naturalist surgeon mother father boy girl family craftsman potter weaver miner fisherman
    surveyor hunter gatherer herder nobleman peasant guard captain general commander activist
    reformer"""
)

# Verbs that say too little for "What ...?" to have one answer.
WEAK_VERBS = _set(
    """exist remain continue seem appear happen occur come do have show tend begin start keep stay
    get go make take give let help include involve become need want try see look feel mean vary
    differ depend matter play rise fall"""
)

ABSOLUTE = _set("always never all none every only no nothing nobody everyone everything entirely")
