import shutil
import subprocess

import pytest

from scorewire.web.one_module import join, squeeze


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ("const a = 1; // why\n", "const a=1;\n"),
        ("/** long\n * words */\nlet a;\n", "let a;\n"),
        ('const a = "x // y   z";\n', 'const a="x // y   z";\n'),
        ("const a = 'it\\'s // here';\n", "const a='it\\'s // here';\n"),
        ("a = b / c; // d / e\n", "a=b/c;\n"),
        ("a = (b) / c / d;\n", "a=(b)/c/d;\n"),
        ('const a = /[/]\\/ "/.test(b);\n', 'const a=/[/]\\/ "/.test(b);\n'),
        ("return /a b/;\n", "return/a b/;\n"),
        ("const a = `x  ${b ? `y  // ${ c }` : ''}  z`;\n", "const a=`x  ${b ? `y  // ${ c }` : ''}  z`;\n"),
        ("const a = `${{ b: 1 }.b}  `; // c\n", "const a=`${{ b: 1 }.b}  `;\n"),
        ("a + +b;\na - -b;\n", "a+ +b;a- -b;\n"),
        ("let a\nlet b\n", "let a\nlet b\n"),
        ("f(\n  a,\n  b,\n);\n", "f(a,b,);\n"),
        ("const { a } = b ?? {};\n", "const{a}=b??{};\n"),
        ("for (const a of b) c in d;\n", "for(const a of b)c in d;\n"),
    ],
)
def test_what_means_nothing_goes_and_all_else_stays(written: str, made: str) -> None:
    assert squeeze(written) == made


def test_modules_are_joined_without_their_imports_and_exports() -> None:
    one = "export const LONG_MS = 1_000;\nexport class A {}\nexport async function f() {\n  return 1;\n}\n"
    two = 'import {\n  A,\n  LONG_MS,\n} from "./one.js";\nsetTimeout(() => new A(), LONG_MS + 1);\n'
    assert join([one, two]) == "class A{}async function f(){return 1;}\nsetTimeout(()=>new A(),1000+1);\n"


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node to run it")
def test_what_is_joined_does_the_same() -> None:
    source = """
    // A little of everything.
    const SOME_MS = 1_000;
    class Counter {
      static from = (text) => new Counter(Number(text));
      #count = 0;
      constructor(count) { this.#count = count; }
      get count() { return this.#count; }
      /* more */
      *each() { for (let at = 0; at < this.#count; at += 1) yield `${at}: ${`<${at / 2}>`}` }
    }
    const told = [...Counter.from("3").each()].join(" // ");
    console.log(told.replace(/\\/ /g, "/"), SOME_MS, typeof told, told.length / 2 / 1)
    """
    ways = [source, join([source])]
    node = str(shutil.which("node"))
    told = [
        subprocess.run([node, "-e", way], capture_output=True, text=True, check=True).stdout for way in ways
    ]
    assert told[0] == told[1]
    assert "2: <1>" in told[0]
