"""Just enough of C++ to check rules on its text: comments and strings blanked, blocks matched."""

import re

# Comments, raw strings, strings and characters; a quote inside a number (1'000) is neither.
_QUIET = re.compile(
    r"""//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*\""""
    r"""|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""", re.DOTALL)
_DIRECTIVE = re.compile(r"^[ ]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
_INCLUDE = re.compile(r'^[ ]*#[ ]*include[ ]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def _blank(match):
    """The same shape without content, so that lines and columns stay."""
    text = match[0]
    if text[0] == '"' and len(text) > 1:
        return '"' + " " * (len(text) - 2) + '"'
    return re.sub(r"[^\n]", " ", text)


class CppFile:
    """One source text. `code` is the text with comments, strings and directives blanked."""

    def __init__(self, text):
        quiet = _QUIET.sub(lambda m: m[0] if _inside_include(text, m) else _blank(m), text)
        self.includes = [(quiet.count("\n", 0, match.start(2)) + 1, match[2], match[1] == '"')
                         for match in _INCLUDE.finditer(quiet)]
        self.code = _DIRECTIVE.sub(_blank, quiet)

    def line(self, offset):
        return self.code.count("\n", 0, offset) + 1

    def find(self, pattern):
        """(line, matched text) of every match in the code."""
        return [(self.line(match.start()), " ".join(match[0].split()))
                for match in re.finditer(pattern, self.code)]

    def find_groups(self, pattern):
        """(line, first group) of every match in the code."""
        return [(self.line(match.start(1)), match[1]) for match in re.finditer(pattern, self.code)]

    def blocks(self, opening):
        """(first line, text) of the inside of each block whose opening, brace included, matches."""
        for match in re.finditer(opening, self.code):
            end = _closing(self.code, match.end() - 1)
            yield self.line(match.end()), self.code[match.end():end]

    def unordered_names(self):
        """Names declared with an unordered container's type: variables, members, functions,
        aliases, and what is declared with those aliases."""
        names = set()
        for match in re.finditer(r"\bunordered_(?:multi)?(?:map|set)\s*<", self.code):
            alias = re.search(r"\busing\s+(\w+)\s*=\s*(?:std::)?$", self.code[:match.start()])
            declared = re.match(r"[\s&*>]*(?:const\b[\s&]*)?(\w+)", self.code[_angle_end(
                self.code, match.end() - 1):])
            if alias:
                names |= set(re.findall(rf"\b{alias[1]}\b[\s&]*(\w+)", self.code))
            elif declared:
                names.add(declared[1])
        return names - {"const", "return"}


def _inside_include(text, match):
    start = text.rfind("\n", 0, match.start()) + 1
    return match[0][0] == '"' and re.fullmatch(r"[ ]*#[ ]*include[ ]*", text[start:match.start()])


def _closing(code, opening):
    depth = 0
    for offset in range(opening, len(code)):
        depth += {"{": 1, "}": -1}.get(code[offset], 0)
        if depth == 0:
            return offset
    return len(code)


def _angle_end(code, opening):
    depth = 0
    for offset in range(opening, len(code)):
        depth += {"<": 1, ">": -1}.get(code[offset], 0)
        if depth == 0:
            return offset + 1
    return len(code)


def _kind(statement):
    """What a brace at namespace or class scope opens, from the text of the statement before it."""
    head = re.sub(r"^(?:\s|public:|private:|protected:)*", "", statement).rstrip()
    while re.match(r"template\s*<", head):
        head = head[_angle_end(head, head.index("<")):].lstrip()
    if re.match(r"(?:inline\s+)?namespace\b|extern\s*\"", head):
        return "scope"
    if re.match(r"(?:typedef\s+)?(?:class|struct|union)\b", head) and not head.endswith(")"):
        return "scope"
    if re.match(r"(?:typedef\s+)?enum\b", head) or head.endswith("="):
        return "other"
    ends = re.search(r"(?:\)|\}|\b(?:const|noexcept|override|final|try|mutable)|&)$", head)
    trailing = re.search(r"\)[^()]*->[^=;]*$", head)
    return "function" if "(" in head and (ends or trailing) else "other"


def functions(code):
    """(name, first line, last line) of every function with a body at namespace or class scope."""
    found = []
    offset = start = 0
    while offset < len(code):
        char = code[offset]
        if char == "{":
            kind = _kind(code[start:offset])
            if kind == "scope":
                start = offset + 1
            else:
                end = _closing(code, offset)
                if kind == "function":
                    text = code[start:offset]
                    first = start + len(text) - len(text.lstrip())
                    name = re.search(r"([\w:~]+|operator\W+?)\s*\(", text)
                    found.append((name[1] if name else "a function",
                                  code.count("\n", 0, first) + 1, code.count("\n", 0, end) + 1))
                    start = end + 1
                offset = end
        elif char in ";}":
            start = offset + 1
        offset += 1
    return found
