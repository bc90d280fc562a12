"""Tests of the checks: each runs on a small tree with one fault."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from project import Project

HERE = pathlib.Path(__file__).resolve().parent
LAYERS = "proto 0 pure\nlib/base 0 pure\nlib/codec 1 sans-io\nlib/net 2\nlib/client 3 no-daemon\n" \
    "daemon/match 3 sans-io\ndaemon/router 4 sans-io\ndaemon/server 6\ncli 4 no-daemon\n"


class CheckTest(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="telex-checks-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.write("docs/layers.txt", LAYERS)

    def write(self, path, text, executable=False):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if executable:
            file.chmod(0o755)

    def run_check(self, name):
        command = [sys.executable, HERE / f"check_{name}.py", self.root]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def run_check_in_root(self, name, *arguments):
        """For checks that read a build tree of the current folder."""
        return subprocess.run(
            [sys.executable, "-B", HERE / f"check_{name}.py", *arguments],
            cwd=self.root, env=os.environ | {"XDG_CACHE_HOME": str(self.root)},
            capture_output=True, text=True, check=False,
        )

    def assert_clean(self, name):
        result = self.run_check(name)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)

    def assert_finds(self, name, problem):
        result = self.run_check(name)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn(problem, result.stdout)


class Layers(CheckTest):
    def test_accepts_lower_layers_itself_and_the_standard_library(self):
        self.write("lib/base/bytes.hpp", "#include <string>\n")
        self.write("lib/codec/a.hpp", '#include "base/bytes.hpp"\n')
        self.write("lib/codec/b.cpp", '#include "codec/a.hpp"\n#include <vector>\n')
        self.assert_clean("layers")

    def test_finds_a_higher_layer(self):
        self.write("lib/codec/a.hpp", "")
        self.write("lib/base/b.hpp", '#include "codec/a.hpp"\n')
        self.assert_finds("layers", "lib/base/b.hpp:1: \"codec/a.hpp\": layer 0 may not include layer 1")

    def test_finds_an_equal_layer(self):
        self.write("lib/base/b.hpp", '#include "telex/v1/telex.pb.h"\n')
        self.assert_finds("layers", "layer 0 may not include layer 0")

    def test_each_folder_of_a_pattern_is_a_module(self):
        self.write("docs/layers.txt", LAYERS + "daemon/rooms/* 5 sans-io\ndaemon/rooms/list 6\n")
        self.write("daemon/rooms/a/a.hpp", '#include "match/trie.hpp"\n#include "rooms/a/more.hpp"\n')
        self.write("daemon/rooms/a/more.hpp", "")
        self.write("daemon/rooms/list/list.hpp", '#include "rooms/a/a.hpp"\n')
        self.write("daemon/match/trie.hpp", "")
        self.assert_clean("layers")
        self.write("daemon/rooms/b/b.hpp", '#include "rooms/a/a.hpp"\n#include "rooms/list/list.hpp"\n')
        self.assert_finds("layers", "b.hpp:1: \"rooms/a/a.hpp\": layer 5 may not include layer 5")
        self.assert_finds("layers", "b.hpp:2: \"rooms/list/list.hpp\": layer 5 may not include layer 6")

    def test_finds_the_daemon_in_lib(self):
        self.write("lib/client/b.hpp", '#include "match/trie.hpp"\n')
        self.assert_finds("layers", "lib does not use the daemon")

    def test_finds_the_daemon_in_the_tool_except_what_is_for_it(self):
        self.write("daemon/router/names.hpp", "")
        self.write("cli/a.hpp", '#include "router/names.hpp"\n')
        self.assert_finds("layers", "the command line tool does not use the daemon")
        layers = LAYERS.replace("router 4 sans-io", "router 4 sans-io for-tool").replace("cli 4", "cli 5")
        self.write("docs/layers.txt", layers)
        self.assert_clean("layers")

    def test_finds_the_client_in_the_daemon(self):
        self.write("daemon/server/b.hpp", '#include "telex/client.hpp"\n')
        self.assert_finds("layers", "the daemon does not use lib/client")

    def test_finds_sockets_and_modules_with_sockets_in_sans_io(self):
        self.write("lib/net/socket.hpp", "")
        self.write("daemon/match/a.hpp", '#include <sys/socket.h>\n#include "net/socket.hpp"\n')
        self.assert_finds("layers", "a.hpp:1: <sys/socket.h> in daemon/match, which is sans-IO")
        self.assert_finds("layers", "a.hpp:2: \"net/socket.hpp\": daemon/match is sans-IO, lib/net is not")

    def test_finds_a_clock_in_sans_io_but_not_in_its_comments(self):
        self.write("lib/codec/a.cpp", "// steady_clock::now()\n\nauto t = std::chrono::steady_clock::now();\n")
        self.assert_finds("layers", "lib/codec/a.cpp:3: steady_clock::now")
        self.write("lib/codec/a.cpp", "auto t = Clock::now();\n")
        self.assert_finds("layers", "lib/codec/a.cpp:1: Clock::now")
        self.write("lib/codec/a.cpp", "// steady_clock::now()\n")
        self.assert_clean("layers")

    def test_finds_a_private_library_in_a_public_header(self):
        self.write("lib/client/include/telex/a.hpp", "#include <asio/ip/tcp.hpp>\n")
        self.assert_finds("layers", "<asio/ip/tcp.hpp> in a public header")

    def test_finds_a_file_without_module_and_a_missing_include(self):
        self.write("daemon/misc/a.hpp", "")
        self.write("lib/codec/b.hpp", '#include "helper.hpp"\n')
        self.assert_finds("layers", "daemon/misc/a.hpp: belongs to no module")
        self.assert_finds("layers", '"helper.hpp" names no file')

    def test_finds_a_private_header_in_an_example(self):
        self.write("lib/base/bytes.hpp", "")
        self.write("examples/a.cpp", '#include "base/bytes.hpp"\n')
        self.assert_finds("layers", "examples/a.cpp:1")


class Fingerprints(CheckTest):
    """A clean file is not checked again until a part of it changes."""

    def fingerprint(self):
        return Project(self.root).fingerprint("lib/base/a.hpp")

    def setUp(self):
        super().setUp()
        self.write("lib/base/a.hpp", '#include "base/b.hpp"\n#include "telex/v1/top.pb.h"\n')
        self.write("lib/base/b.hpp", "")
        self.write("proto/telex/v1/top.proto", 'syntax = "proto3";\nimport "telex/v1/low.proto";\n')
        for name in ("low", "other"):
            self.write(f"proto/telex/v1/{name}.proto", 'syntax = "proto3";\n')
        self.before = self.fingerprint()

    def test_change_with_each_part(self):
        for path in ("lib/base/a.hpp", "lib/base/b.hpp", "proto/telex/v1/top.proto", "proto/telex/v1/low.proto"):
            text = (self.root / path).read_text()
            with self.subTest(path):
                self.write(path, f"{text}// changed\n")
                self.assertNotEqual(self.fingerprint(), self.before)
            self.write(path, text)

    def test_ignore_other_files(self):
        self.write("proto/telex/v1/other.proto", "// changed\n")
        self.write("lib/base/c.hpp", "")
        self.assertEqual(self.fingerprint(), self.before)


class Sizes(CheckTest):
    def test_limits_differ_for_tests(self):
        self.write("lib/base/a.cpp", "\n" * 400)
        self.write("tests/a_test.cpp", "\n" * 800)
        self.assert_clean("sizes")
        self.write("lib/base/a.cpp", "\n" * 401)
        self.assert_finds("sizes", "lib/base/a.cpp: 401 lines")
        self.write("tests/a_test.cpp", "\n" * 801)
        self.assert_finds("sizes", "tests/a_test.cpp: 801 lines")


class Words(CheckTest):
    def test_finds_marks_of_unfinished_work(self):
        self.write("lib/a.hpp", "one\n// TO" + "DO later\n")
        self.assert_finds("words", "lib/a.hpp:2")

    def test_finds_paths_of_one_machine_but_not_longer_paths(self):
        self.write("a.md", "https://example.org/home/ and ./work/x\n")
        self.assert_clean("words")
        self.write("a.md", "see /ho" + "me/someone\n")
        self.assert_finds("words", "a.md:1")

    def test_leaves_binary_files_alone(self):
        self.write("a.bin", "\0TO" + "DO")
        self.assert_clean("words")

    LAPSES = (
        ("What the reactor does is counted.", "what-clause"),
        ("Closes it. Who says nothing is closed.", "who-clause"),
        ("False: the queue is full.", 'write "Returns'),
        ("This is no frame.", 'write "is not a"'),
        ("It may have so many bytes.", "give the number"),
        ("It takes as many as it may.", 'write "all" or "at most"'),
        ("It is not read any more.", 'write "no longer"'),
        ("Reads the file anew.", 'write "again"'),
        ("Writes the bytes that it owes.", "say what is still to be written"),
        ("The client is told.", 'write "is notified"'),
        ("The client hears an error.", 'write "receives"'),
        ("Nobody reads it.", "name the client"),
        ("It has a thread of its own.", 'write "own"'),
        ("The frame is to be dropped.", 'write "must be"'),
    )

    def test_finds_lapses_in_comments_and_texts(self):
        for sentence, advice in self.LAPSES:
            texts = {
                "lib/a.hpp:2": f"int a;\n// {sentence}\n",
                "lib/b.hpp:2": f"int a;\n/* {sentence}\n */\n",
                "lib/c.hpp:2": f'int a;\nconst char* b = "{sentence}";\n',
                "proto/a.proto:2": f"\n// {sentence}\n",
                "script/a:2": f"\n# {sentence}\n",
                "script/b:2": f'\ndie "{sentence}"\n',
                "config/a.yaml:2": f"\n# {sentence}\na: b\n",
                "tests/a.py:3": f"\ndef a():\n    pass  # {sentence}\n",
                "docs/a.md:2": f"# A\n{sentence}\n",
            }
            for place, text in texts.items():
                self.write(place.split(":")[0], text)
            lines = self.run_check("words").stdout.splitlines()
            for place in texts:
                self.assertTrue([line for line in lines if line.startswith(place) and advice in line], (place, lines))

    def test_finds_lapses_across_lines_and_in_docstrings(self):
        self.write("lib/a.hpp", "// It is read once and not\n// any\n// more.\n")
        self.assert_finds("words", "lib/a.hpp:2: 'any more'")
        self.write("lib/a.hpp", "")
        self.write("tests/a.py", 'def a():\n    """Waits.\n\n    Nobody else does."""\n')
        self.assert_finds("words", "tests/a.py:4: 'Nobody'")

    def test_accepts_plain_sentences_questions_code_and_test_input(self):
        self.write("lib/a.hpp", "// What does it do? There is no lock. It is no longer used. So many that they fill it.\n"
                                "auto nobody = is_told(anew);  // runs\n#include \"heard.hpp\"\n")
        self.write("docs/a.md", "Instead of \"is told\" and `nobody`:\n\n    somebody hears anew\n\n```\nNobody\n```\n")
        self.write("tests/a_test.cpp", 'const char* text = "nobody hears";\n')
        self.assert_clean("words")

    def test_finds_lapses_in_test_names(self):
        for path, text in (
            ("tests/unit/a_test.cpp", "TEST(Codec, TellsNobody) {\n}\n"),
            ("tests/unit/a_test.cpp", "TEST_F(Codec, HearsTheEnd) {\n}\n"),
            ("tests/a_test.py", "class A(Test):\n    def test_who_is_silent(self):\n        pass\n"),
            ("tests/a_test.py", "class A(Test):\n    def test_peers_are_told(self):\n        pass\n"),
        ):
            self.write(path, text)
            self.assert_finds("words", "name the client, peer, user or action")
            (self.root / path).unlink()


class Dependencies(CheckTest):
    def test_both_lists_must_agree(self):
        self.write("script/bootstrap", "#!/bin/sh\nprintf 'alpha\\nbeta\\n'\n", executable=True)
        self.write("docs/dependencies.md", "| package | why |\n|---|---|\n| `alpha`, `beta` | x |\n")
        self.assert_clean("dependencies")
        self.write("docs/dependencies.md", "| `alpha` | uses `beta` |\n| `gamma` | x |\n")
        self.assert_finds("dependencies", "does not list beta")
        self.assert_finds("dependencies", "does not install gamma")


class Links(CheckTest):
    def test_files_and_headings_must_exist(self):
        self.write("docs/a.md", "# One thing\n[b](b.md#two-words) [self](#one-thing) [web](https://example.org/x)\n")
        self.write("docs/b.md", "## Two words\n```\n[code](nowhere.md)\n```\n")
        self.assert_clean("links")
        self.write("docs/a.md", "\n[b](c.md)\n")
        self.assert_finds("links", "docs/a.md:2: 'c.md' does not exist")
        self.write("docs/a.md", "[b](b.md#three)\n")
        self.assert_finds("links", "'b.md#three' is not a heading")


class NoDiscard(CheckTest):
    MARKED = "[[nodiscard]] Result<int, Error> read(int fd);\n"

    def test_accepts_marked_functions_and_other_declarations(self):
        self.write("lib/a.hpp", "#pragma once\n" + self.MARKED + """
// Result<int, Error> in_a_comment();
template <class T>
[[nodiscard]] Expected<T> parse(const Message& message);
using Handler = std::function<void(Expected<Message>)>;
[[nodiscard]] std::future<Expected<std::vector<int>>> ask(std::string_view text = "a { b; ");
class Store {
public:
    [[nodiscard]] virtual Result<void, Error> open() = 0;
    [[nodiscard]] TELEX_EXPORT Expected<void> flush();
    const Result<int, Error>& last() const;
    void complete(std::uint64_t request, Expected<Message> answer);
    friend Result<int, Error> read(int fd);
    Result<int, Error> last_;
};
""")
        self.write("lib/a.cpp", """#include "a.hpp"
Result<int, Error> read(int fd) {
    Result<int, Error> result;
    const auto local = [](int value) -> Result<int, Error> { return value; };
    return fd < 0 ? Result<int, Error>(0) : local(fd);
}
Result<void, Error> Store::open() {}
""")
        self.assert_clean("nodiscard")

    def test_finds_each_form_of_declaration(self):
        for declaration in (
            "Result<int, Error> make(int fd);",
            "tl::expected<int, Error> make();",
            "class A {\npublic: static telex::Expected<std::map<int, int>> make();\n};",
            "class A {\n    Result<void, Error> make() const override;\n};",
            "template <class T>\nExpected<T> make(const T& from) { return from; }",
            "template <class T>\n    requires Message<T>\nExpected<T> make(const T& from);",
            "std::optional<Result<int, Error>> make();",
            "[[nodiscard]] Expected<int> other();\nstd::future<Expected<int>> make();",
            "using Done = Result<void, Error>;\nDone make();",
            "template <class T>\nusing Answer = Result<T, Error>;\nwire::Answer<std::vector<int>> make();",
            "auto make(int fd) -> Result<int, Error>;",
        ):
            self.write("lib/a.hpp", "#pragma once\n" + declaration)
            self.assert_finds("nodiscard", "make returns a result and is not [[nodiscard]]")

    def test_a_declaration_in_a_header_covers_the_sources_that_include_it(self):
        self.write("lib/a.hpp", self.MARKED)
        self.write("lib/b.cpp", "\nnamespace {\nResult<int, Error> read(int fd) { return fd; }\n}\n")
        self.assert_finds("nodiscard", "lib/b.cpp:3: read returns a result")

    def test_finds_a_dropped_value_without_a_comment(self):
        drop = "void run() {\n    (void)flush();\n}\n"
        self.write("lib/a.cpp", drop)
        self.assert_finds("nodiscard", "lib/a.cpp:2: a value is dropped without a comment")
        self.write("lib/a.cpp", "void run() {\n    // Why.\n    (void)flush();\n    (void)flush();\n}\n")
        self.write("lib/b.cpp", "void run() {\n    (void)flush();  // why\n}\n")
        self.write("tests/a_test.cpp", drop)
        self.assert_clean("nodiscard")


class Commits(CheckTest):
    def setUp(self):
        super().setUp()
        self.git("init", "-q")
        self.commit("Before the check: anything goes.")
        self.write("tests/checks/check_commits.py", "")
        self.git("add", "tests")
        self.commit("checks: add a check of commit subjects")

    def git(self, *arguments):
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self, subject):
        self.git("commit", "-q", "--allow-empty", "-m", subject)

    def test_accepts_an_area_and_an_imperative(self):
        for subject in ("server: reject a frame that is too long", "docs, tests: ping the daemon", "lib/net: add IPv6"):
            self.commit(subject)
        self.assert_clean("commits")

    def test_finds_each_other_form(self):
        for subject, fault in (
            ("reject a frame", 'expected "area: imperative"'),
            ("Server: reject a frame", 'expected "area: imperative"'),
            ("server: Reject a frame", 'expected "area: imperative"'),
            ("server: reject a frame.", "ends with a period"),
            ("server: rejected a frame", "'rejected' is not an imperative"),
            ("server: rejecting a frame", "'rejecting' is not an imperative"),
            ("server: reject " + "a" * 60, "75 characters, the limit is 72"),
        ):
            self.commit(subject)
            self.assert_finds("commits", fault)
            self.git("reset", "-q", "--hard", "HEAD~1")

    def test_a_shallow_clone_has_fewer_commits(self):
        self.commit("server: rejected a frame")
        self.commit("server: reject a frame")
        clone = self.root / "clone"
        self.git("clone", "-q", "--depth", "2", f"file://{self.root}", str(clone))
        self.root = clone
        self.assert_clean("commits")


class Classes(CheckTest):
    SHARD = "namespace telex {\nShard::Shard(int a) : a_{a}, b_(std::move(a)) {\n    Other::call();\n}\n}\n"

    def test_accepts_one_source_for_each_class(self):
        self.write("daemon/router/shard.cpp", self.SHARD + "void Shard::Part::run() {}\n")
        # Another module, a nested class, a function of a namespace, a call, a declaration, text.
        self.write("daemon/server/shard.cpp", self.SHARD)
        self.write("daemon/router/part.cpp", """namespace telex {
int router::count(int a) { return Shard::size(a) + Shard::Part(a); }
std::optional<Shard::Part> Other<int>::find(Shard::Part part) { return part; }
const Shard made = Shard::make({1});
// Shard::run() {
const char* text = "Shard::run() {";
}
""")
        self.assert_clean("classes")

    def test_finds_a_class_in_two_sources(self):
        self.write("daemon/router/shard.cpp", self.SHARD)
        for definition in ("void Shard::run() {}", "template <class T>\nT router::Shard::get(T a) {}",
                           "Shard::~Shard() {}", "bool Shard::operator==(const Shard& other) const {}",
                           "namespace {}\nShard::Shard()\n    : a_(0) {}"):
            self.write("daemon/router/deep/more.cpp", f"namespace telex::router {{\n{definition}\n}}\n")
            self.assert_finds("classes", "Shard is implemented in 2 files: daemon/router/deep/more.cpp:")


class Threats(CheckTest):
    def test_named_tests_must_exist(self):
        self.write("tests/unit/a_test.cpp", "TEST_F(Codec, Cuts) {\n}\n")
        self.write("tests/fuzz/fuzz_codec.cpp", "")
        self.write("tests/integration/b_test.py", "class Limits(Test):\n    def test_one(self):\n        pass\n")
        named = "`Codec.Cuts` `fuzz_codec` `b_test.Limits.test_one` `limits.max_frame`\n"
        self.write("docs/threat-model.md", named)
        self.assert_clean("threats")
        for gone in ("Codec.Joins", "fuzz_match", "b_test.Limits.test_two", "b_test.Other.test_one"):
            self.write("docs/threat-model.md", f"{named}`{gone}`\n")
            self.assert_finds("threats", f"docs/threat-model.md:2: there is no test {gone}")


CTEST = '<testsuite><testcase name="unit.a" status="{a}"/><testcase name="x.Limits" status="{x}"/></testsuite>'
GTEST = '<testsuites><testsuite><testcase classname="All/Codec" name="Cuts/3">{}</testcase></testsuite></testsuites>'
PYTHON = '<testsuite><testcase classname="b_test.Limits" name="test_one">{}</testcase></testsuite>'


class Ran(CheckTest):
    def setUp(self):
        super().setUp()
        self.write("tests/unit/a_test.cpp", "TEST_P(Codec, Cuts) {\n}\n")
        self.write("tests/integration/b_test.py", "class Limits(Test):\n    def test_one(self):\n        pass\n")
        self.write("docs/threat-model.md", "`Codec.Cuts`\n")
        self.record("build/one")

    def record(self, tree, a="run", x="run", gtest="", python=""):
        self.write(f"{tree}/test-records/ctest.xml", CTEST.format(a=a, x=x))
        self.write(f"{tree}/test-records/unit.a.xml", GTEST.format(gtest))
        self.write(f"{tree}/test-records/x.Limits.xml", PYTHON.format(python))

    def ran(self, *trees):
        return self.run_check_in_root("ran", *(trees or ("build/one",)))

    def totals(self):
        command = [sys.executable, "-B", HERE / "records.py", self.root / "build/one"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

    def test_accepts_tests_that_ran_in_any_tree(self):
        result = self.ran()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(self.totals(), ["2 0 0"])

    def test_finds_unlisted_classes_and_sources(self):
        self.write("tests/integration/c_test.py", "class New(Test):\n    def test_two(self):\n        pass\n")
        self.write("tests/unit/d_test.cpp", "TEST(Codec, Joins) {\n}\n")
        result = self.ran()
        self.assertEqual(result.returncode, 1)
        self.assertIn("c_test.py: c_test.New.test_two did not run", result.stdout)
        self.assertIn("d_test.cpp: Codec.Joins did not run", result.stdout)

    def test_a_named_test_that_failed_or_was_skipped_is_reported(self):
        self.record("build/one", a="fail", gtest="<failure/>")
        self.assertIn("Codec.Cuts failed", self.ran().stdout)
        self.assertEqual(self.totals(), ["1 1 0", "failed one: Codec.Cuts"])
        self.record("build/one", gtest='<skipped message="no room"/>')
        self.assertIn("Codec.Cuts was skipped in every tree, and the threat model", self.ran().stdout)
        self.assertEqual(self.totals(), ["1 0 1", "skipped 1: no room"])

    def test_a_class_that_was_skipped_as_a_whole_is_reported(self):
        skipped = '<testcase classname="" name="setUpClass (b_test.Limits)"><skipped message="no root"/></testcase>'
        self.write("build/one/test-records/x.Limits.xml", f"<testsuite>{skipped}</testsuite>")
        result = self.ran()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("b_test.Limits.test_one was skipped in every tree", result.stdout)
        self.assertEqual(self.totals(), ["1 0 1", "skipped 1: no root"])

    def test_a_program_that_fails_after_its_cases_or_without_a_record_has_failed(self):
        self.record("build/one", a="fail")
        self.assertEqual(self.totals(), ["2 1 0", "failed one: unit.a"])
        self.write("build/one/test-records/x.Limits.xml", "<testsuite>")
        self.record("build/one", x="fail")
        self.write("build/one/test-records/x.Limits.xml", "<testsuite>")
        self.assertEqual(self.totals(), ["1 1 0", "failed one: x.Limits"])


class Compiled(CheckTest):
    """Checks that use the compile commands of a tree."""

    def setUp(self):
        super().setUp()
        subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)
        shutil.copy(HERE.parents[1] / ".clang-tidy", self.root)

    def source(self, path, text):
        self.write(path, text)
        sources = [str(file) for file in self.root.glob("lib/**/*.cpp")]
        commands = [{"directory": str(self.root), "file": file,
                     "command": f"clang++ -std=c++20 -I{self.root}/lib -o x.o -c {file}"} for file in sources]
        self.write("build/compile_commands.json", json.dumps(commands))
        subprocess.run(["git", "add", "lib"], cwd=self.root, check=True)

    def test_tidy_finds_faults_in_sources_and_their_headers(self):
        self.source("lib/base/a.hpp", "#pragma once\nstruct wrong_name {};\n")
        self.source("lib/base/a.cpp", '#include "base/a.hpp"\nint* start() {\n    return 0;\n}\n')
        self.source("lib/base/b.cpp", "int half(int x) {\n    int* gone = nullptr;\n    return x ? *gone : 2;\n}\n")
        result = self.run_check_in_root("tidy", "build")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for finding in ("a.hpp:2:8: error", "a.cpp:3:12: error", "b.cpp:3:16: error", "modernize-use-nullptr",
                        "readability-identifier-naming", "clang-analyzer-core.NullDereference"):
            self.assertIn(finding, result.stdout)

    def test_tidy_finds_a_dropped_result(self):
        self.source("lib/base/a.cpp", "#include <tl/expected.hpp>\ntl::expected<int, int> open();\n"
                                      "void start() {\n    open();\n}\n")
        result = self.run_check_in_root("tidy", "build")
        self.assertIn("bugprone-unused-return-value", result.stdout, result.stderr)

    def test_tidy_skips_clean_sources(self):
        self.source("lib/base/a.cpp", "int one() {\n    return 1;\n}\n")
        self.assertIn("1 of them changed, 0 problems", self.run_check_in_root("tidy", "build").stdout)
        self.assertIn("0 of them changed, 0 problems", self.run_check_in_root("tidy", "build").stdout)

    def headers(self, **texts):
        self.source("lib/base/a.cpp", "#include <string>\nstd::string a;\n")
        for name, text in texts.items():
            self.write(f"lib/base/{name}.hpp", f"#pragma once\n{text}")
        subprocess.run(["git", "add", "lib"], cwd=self.root, check=True)
        return self.run_check_in_root("headers", "build")

    def test_headers_finds_a_missing_include(self):
        result = self.headers(a="std::string name();\n", b="#include <string>\nstd::string other();\n")
        self.assertIn("one of these does not compile alone: lib/base/a.hpp", result.stdout, result.stderr)
        self.assertNotIn("b.hpp", result.stdout)

    def test_headers_finds_a_missing_include_behind_a_header_that_has_it(self):
        texts = {"complete": "#include <string>\nstd::string other();\n", "broken": "std::string name();\n",
                 "both": '#include "base/complete.hpp"\n#include "base/broken.hpp"\n',
                 "further": '#include "base/both.hpp"\n'}
        result = self.headers(**texts)
        self.assertIn("base/broken.hpp", result.stdout, result.stderr)
        result = self.headers(**texts | {"broken": f"#include <string>\n{texts['broken']}"})
        self.assertIn("3 of them changed, in 1 chains, 0 problems", result.stdout, result.stderr)
        self.assertIn("0 of them changed, in 0 chains, 0 problems", self.headers().stdout)


if __name__ == "__main__":
    unittest.main()
