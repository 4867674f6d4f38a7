"""TeX mathematics turned into MathML, for the commands that are known to come out right."""

import re
from html import escape, unescape
from xml.etree.ElementTree import tostring

from latex2mathml.converter import Converter

MAX_TEX = 2_000  # characters; deeper or longer formulas are shown as written
MAX_DEPTH = 40

# latex2mathml says nothing about a command it does not know: it prints its name. So only these
# are converted; a formula that uses any other is shown as code, where an author sees it.
_COMMANDS = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi
    varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega omicron
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    aleph beth hbar ell Re Im wp partial nabla infty emptyset varnothing angle degree prime
    forall exists nexists neg lnot top bot ldots cdots vdots ddots dots dotsc dotsb
    pm mp times div cdot ast star circ bullet oplus ominus otimes oslash odot cap cup sqcap sqcup
    wedge vee land lor setminus dagger ddagger wr amalg uplus
    leq le geq ge neq ne ll gg lt gt equiv sim simeq approx cong propto doteq prec succ preceq
    succeq subset supset subseteq supseteq subsetneq supsetneq sqsubseteq sqsupseteq in notin ni
    mid nmid parallel perp vdash dashv models asymp bowtie triangle square
    leftarrow gets rightarrow to leftrightarrow uparrow downarrow updownarrow Leftarrow Rightarrow
    Leftrightarrow Uparrow Downarrow longleftarrow longrightarrow longleftrightarrow
    Longleftarrow Longrightarrow Longleftrightarrow iff implies mapsto longmapsto hookleftarrow
    hookrightarrow rightharpoonup rightharpoondown leftharpoonup leftharpoondown
    rightleftharpoons leftrightharpoons nearrow searrow swarrow nwarrow rightleftarrows
    xrightarrow xleftarrow xleftrightarrow xrightleftharpoons xmapsto
    sum prod coprod int iint iiint oint bigcap bigcup bigvee bigwedge bigoplus bigotimes
    frac dfrac tfrac cfrac binom dbinom tbinom sqrt over choose overset underset stackrel
    hat bar tilde vec dot ddot acute grave breve check widehat widetilde overline underline
    overbrace underbrace overrightarrow overleftarrow
    sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan exp ln log lg deg dim hom ker
    lim limsup liminf sup inf max min det gcd Pr bmod pmod mod limits nolimits operatorname
    left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr
    langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert lbrace rbrace
    lbrack rbrack backslash
    text textrm textbf textit mbox mathrm mathbf mathit mathsf mathtt mathbb mathcal mathfrak
    mathscr mathnormal boldsymbol displaystyle textstyle scriptstyle
    quad qquad thinspace enspace space begin end substack because therefore
"""
COMMANDS = frozenset(_COMMANDS.split())
_ENVIRONMENTS = """matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix cases array align
    align* split"""
ENVIRONMENTS = frozenset(_ENVIRONMENTS.split())
_COMMAND_NAME = re.compile(r"\\([a-zA-Z]+)")
_ENVIRONMENT_NAME = re.compile(r"\\(?:begin|end)\s*\{([^}]*)\}")


def unknown_commands(source: str) -> list[str]:
    """Commands and environments in a formula that would not come out right, in order, once each."""
    source = source.replace("\\\\", " ")  # a line break, not the start of a command
    names = [name for name in _COMMAND_NAME.findall(source) if name not in COMMANDS]
    names += [name for name in _ENVIRONMENT_NAME.findall(source) if name not in ENVIRONMENTS]
    return list(dict.fromkeys(names))


def mathml(source: str, display: bool = False) -> str:
    """Return a formula as MathML, or as code in which it stands as written. Never raises."""
    if len(source) > MAX_TEX or _depth(source) > MAX_DEPTH or unknown_commands(source):
        return as_code(source)
    try:
        root = Converter(display="block" if display else "inline").convert_to_element(source)
    except Exception:  # whatever a foreign parser makes of bad TeX: IndexError, StopIteration ...
        return as_code(source)
    for element in root.iter():
        element.text = unescape(element.text) if element.text else element.text
    return tostring(root, encoding="unicode")


def as_code(source: str) -> str:
    """Return the source of a formula that is not converted."""
    return f'<code class="math-error">{escape(source)}</code>'


def _depth(source: str) -> int:
    deepest = depth = 0
    for character in source:
        depth += (character == "{") - (character == "}")
        deepest = max(deepest, depth)
    return max(deepest, source.count("\\left"))
