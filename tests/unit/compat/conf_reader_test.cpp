#include "compat/conf_reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>

namespace telex::compat {
namespace {

using testing::HasSubstr;

class ConfReader : public testing::Test {
protected:
    [[nodiscard]] Result<ConfFile, config::Diagnostic> read(std::string_view text) const {
        return read_conf(
            "dir/main.conf",
            text,
            {.file = [this](const std::string& path) -> Result<std::string, std::string> {
                 const auto found = files_.find(path);
                 return found == files_.end() ? Result<std::string, std::string>(
                                                    unexpected(std::string("No such file"))
                                                )
                                              : found->second;
             },
             .variable = [this](std::string_view name) -> std::optional<std::string> {
                 const auto found = variables_.find(std::string(name));
                 return found == variables_.end() ? std::nullopt : std::optional(found->second);
             }}
        );
    }

    // As JSON without quotes.
    static std::string shown(const Value& value) {
        std::string text;
        switch (value.kind) {
            case Value::Kind::text:
                return value.text;
            case Value::Kind::list:
                for (const Value& item : value.items) {
                    text += (text.empty() ? "" : ",") + shown(item);
                }
                return "[" + text + "]";
            case Value::Kind::block:
                for (const Member& member : value.members) {
                    text += (text.empty() ? "" : ",") + member.key + ":" + shown(member.value);
                }
                return "{" + text + "}";
        }
        return text;
    }

    std::string tree(std::string_view text) const {
        const auto file = read(text);
        return file ? shown(file->root) : "error: " + file.error().message;
    }

    // "main.conf:LINE message"
    std::string error(std::string_view text) const {
        const auto file = read(text);
        return file ? "none: " + shown(file->root)
                    : fmt::format(
                          "{}:{} {}", file.error().file, file.error().at.line, file.error().message
                      );
    }

    std::map<std::string, std::string> files_;
    std::map<std::string, std::string> variables_;
};

TEST_F(ConfReader, KeysAndValues) {
    EXPECT_EQ(tree(""), "{}");
    EXPECT_EQ(tree("port: 4222\nhost = localhost\nname x"), "{port:4222,host:localhost,name:x}");
    EXPECT_EQ(tree("a:1,b:2;c:3"), "{a:1,b:2,c:3}");
    EXPECT_EQ(tree("Max_Payload: 1MB"), "{max_payload:1MB}") << "keys have no case";
    EXPECT_EQ(tree("a:\n  1"), "{a:1}");
    EXPECT_EQ(tree("a\r\n{b: 1}\nc\n[2]"), "{a:{b:1},c:[2]}");
    EXPECT_EQ(tree("a\nb: 1"), "error: key without a value");
    EXPECT_EQ(tree("\"a b\": 1"), "{a b:1}");
    EXPECT_EQ(tree("listen: 127.0.0.1:4222"), "{listen:127.0.0.1:4222}");
    EXPECT_EQ(tree("url: nats://a:b@c"), "{url:nats://a:b@c}") << "no comment within a word";
}

TEST_F(ConfReader, Comments) {
    EXPECT_EQ(tree("# one\na: 1 # two\n// three\nb: 2 // four"), "{a:1,b:2}");
    EXPECT_EQ(tree("a [\n1 # x\n2 // y\n]"), "{a:[1,2]}");
    EXPECT_EQ(tree("a: '#1'"), "{a:#1}");
}

TEST_F(ConfReader, Texts) {
    EXPECT_EQ(tree(R"(a: "x y", b: 'u "v"')"), R"({a:x y,b:u "v"})");
    EXPECT_EQ(tree(R"(a: "\t\n\r\"\\\x41")"), "{a:\t\n\r\"\\A}");
    EXPECT_EQ(tree(R"(a: '\n')"), R"({a:\n})");
    EXPECT_EQ(tree("a: \"\""), "{a:}");
    EXPECT_EQ(tree("p: $2a$11$abc.def/g"), "{p:$2a$11$abc.def/g}") << "bcrypt, not a variable";
}

TEST_F(ConfReader, BlocksAndLists) {
    EXPECT_EQ(tree("a {b: 1\nc {d: 2}}"), "{a:{b:1,c:{d:2}}}");
    EXPECT_EQ(tree("a: {}"), "{a:{}}");
    EXPECT_EQ(tree("a = [1, 2\n3, [4], {b: 5}]"), "{a:[1,2,3,[4],{b:5}]}");
    EXPECT_EQ(tree("{a: 1, \"b\": [\"c\"]}"), "{a:1,b:[c]}") << "JSON is a configuration";
}

TEST_F(ConfReader, Variables) {
    variables_ = {{"PORT", "4333"}, {"QUOTED", "\"x y\""}};
    EXPECT_EQ(tree("port: $PORT, q: $QUOTED"), "{port:4333,q:x y}");
    EXPECT_EQ(tree("t: abc\na {b {c: $t}}"), "{t:abc,a:{b:{c:abc}}}");
    EXPECT_EQ(tree("t: abc\na {t: inner, c: $t}"), "{t:abc,a:{t:inner,c:inner}}");
    EXPECT_EQ(tree("p {x: [1]}\nq: $p"), "{p:{x:[1]},q:{x:[1]}}");
    EXPECT_EQ(read("Tok: abc\na: $Tok")->variables.count("tok"), 1U);
    EXPECT_EQ(
        error("a: 1\nb: $NONE"), "dir/main.conf:2 $NONE is neither a key above nor a variable"
    );
    EXPECT_THAT(error("a: $a"), HasSubstr("neither"));
}

TEST_F(ConfReader, IncludedFilesAreBesideTheirFile) {
    files_["dir/sub/a.conf"] = "x: 1\ninclude 'b.conf'";
    files_["dir/sub/b.conf"] = "y: 2";
    files_["/etc/c.conf"] = "z: $x";
    EXPECT_EQ(tree("include sub/a.conf\ninclude \"/etc/c.conf\""), "{x:1,y:2,z:1}");
    EXPECT_EQ(tree("a {include 'sub/b.conf'}"), "{a:{y:2}}");
    EXPECT_EQ(tree("include: 1"), "{include:1}") << "a key";
    const auto file = read("\ninclude sub/a.conf");
    EXPECT_EQ(file->root.members[1].place.at, (config::Position{1, 1}));
    EXPECT_EQ(file->names[file->root.members[1].place.file], "dir/sub/b.conf");
    EXPECT_EQ(file->root.members[1].place.in_first.line, 2U);
}

TEST_F(ConfReader, ErrorsOfIncludedFiles) {
    files_["dir/a.conf"] = "x: 1\ny: [";
    EXPECT_EQ(error("include a.conf"), "dir/a.conf:2 list without ']'");
    EXPECT_EQ(
        error("x: 1\ninclude no.conf"), "dir/main.conf:2 cannot include dir/no.conf: No such file"
    );
    files_["dir/loop.conf"] = "include loop.conf";
    EXPECT_EQ(error("include loop.conf"), "dir/loop.conf:1 too many included files");
    EXPECT_EQ(error("x: 1\ninclude a.conf"), "dir/a.conf:1 'x' is already set in line 1");
}

TEST_F(ConfReader, Errors) {
    EXPECT_EQ(error("a: 1\na: 2"), "dir/main.conf:2 'a' is already set in line 1");
    EXPECT_EQ(error("a {\nb: 1"), "dir/main.conf:1 block without '}'");
    EXPECT_EQ(error("\na: [1,"), "dir/main.conf:2 list without ']'");
    EXPECT_THAT(error("a: \"x"), HasSubstr("without its closing quote"));
    EXPECT_THAT(error("a: \"\\q\""), HasSubstr("unknown escape"));
    EXPECT_THAT(error("a: \"\\x4\""), HasSubstr("unknown escape"));
    EXPECT_THAT(error("'a: 1"), HasSubstr("key without its closing quote"));
    EXPECT_EQ(error("a:"), "dir/main.conf:1 expected a value");
    EXPECT_EQ(error("a: 1\n}"), "dir/main.conf:2 expected a key");
    EXPECT_EQ(error(": 1"), "dir/main.conf:1 expected a key");
    EXPECT_THAT(error("a: (x)"), HasSubstr("parentheses"));
    EXPECT_THAT(error("{a: 1} b: 2"), HasSubstr("behind the end"));
    EXPECT_THAT(error("a: \xff"), HasSubstr("UTF-8"));
    EXPECT_THAT(error(std::string_view("a: \0", 4)), HasSubstr("UTF-8"));
}

TEST_F(ConfReader, ErrorsDoNotQuoteValues) {
    EXPECT_THAT(error("pass: secret secret2"), Not(HasSubstr("secret")));
}

TEST_F(ConfReader, EveryPrefixIsReadOrRefused) {
    const std::string text =
        "# c\nlisten: \"a:1\"\nauthorization {users = [{user: a, pass: 'b'}] // x\n t: $listen}\n";
    for (std::size_t size = 0; size <= text.size(); ++size) {
        const auto file = read(std::string_view(text).substr(0, size));
        if (!file) {
            EXPECT_FALSE(file.error().message.empty());
            EXPECT_GE(file.error().at.line, 1U);
        }
    }
}

TEST_F(ConfReader, IsBounded) {
    EXPECT_THAT(error(std::string(1'000'000, '[')), HasSubstr("expected a key"));
    EXPECT_THAT(error("a: " + std::string(1'000'000, '[')), HasSubstr("deeper than 32"));
    std::string deep;
    for (int i = 0; i < 100'000; ++i) {
        deep += "a {";
    }
    EXPECT_THAT(error(deep), HasSubstr("deeper than 32"));
    std::string many = "a: [";
    for (int i = 0; i < 100'001; ++i) {
        many += "1 ";
    }
    EXPECT_THAT(error(many + "]"), HasSubstr("more than 100000 values"));
}

TEST_F(ConfReader, VariablesDoNotMultiplyWithoutBound) {
    std::string bomb = "a0: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 20; ++i) {
        bomb += fmt::format("a{}: [", i);
        for (int copy = 0; copy < 10; ++copy) {
            bomb += fmt::format("$a{} ", i - 1);
        }
        bomb += "]\n";
    }
    EXPECT_THAT(error(bomb), HasSubstr("more than 100000 values"));
    std::string ladder = "a0: [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]\n";
    for (int i = 1; i < 20; ++i) {
        ladder += fmt::format("a{}: [[[[[[[[$a{}]]]]]]]]\n", i, i - 1);
    }
    EXPECT_THAT(error(ladder), HasSubstr("deeper than 32"));
    std::string large = "a0: " + std::string(1'000'000, 'x') + "\nb: [";
    for (int i = 1; i < 1'000; ++i) {
        large += "$a0 ";
    }
    EXPECT_THAT(error(large + "]"), HasSubstr("more than 100000 values"));
}

}  // namespace
}  // namespace telex::compat
