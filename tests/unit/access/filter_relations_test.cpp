#include "access/filter_relations.hpp"

#include "wire/subject.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace telex::access {
namespace {

// All texts of one to three tokens of an alphabet.
std::vector<std::string> all_of(const std::vector<std::string>& alphabet) {
    std::vector<std::string> texts = alphabet;
    std::size_t begin = 0;
    for (int length = 2; length <= 3; ++length) {
        const std::size_t end = texts.size();
        for (; begin < end; ++begin) {
            for (const std::string& token : alphabet) {
                texts.push_back(texts[begin] + "." + token);
            }
        }
    }
    return texts;
}

std::vector<std::string> filters() {
    std::vector<std::string> valid;
    for (std::string& text : all_of({"a", "b", "$s", "*", ">"})) {
        if (!wire::check_filter(text)) {
            valid.push_back(std::move(text));
        }
    }
    return valid;
}

// Four tokens deep and with a token that no filter names: what three tokens of a filter can tell
// apart is among them.
std::vector<std::string> subjects() {
    std::vector<std::string> texts = all_of({"a", "b", "$s", "z"});
    const std::size_t count = texts.size();
    for (std::size_t i = 0; i < count; ++i) {
        texts.push_back(texts[i] + ".z");
    }
    return texts;
}

TEST(FilterRelations, AreWhatTheSubjectsSay) {
    const auto names = subjects();
    for (const std::string& one : filters()) {
        for (const std::string& other : filters()) {
            bool covered = true;
            bool common = false;
            for (const std::string& subject : names) {
                const bool in_one = selects(one, subject);
                const bool in_other = selects(other, subject);
                covered &= in_one || !in_other;
                common |= in_one && in_other;
            }
            ASSERT_EQ(covers(one, other), covered) << one << " and " << other;
            ASSERT_EQ(overlap(one, other), common) << one << " and " << other;
        }
    }
}

TEST(FilterRelations, ALeadingWildcardSeesNoDollar) {
    EXPECT_FALSE(selects(">", "$SYS.stats"));
    EXPECT_FALSE(selects("*.stats", "$SYS.stats"));
    EXPECT_TRUE(selects("$SYS.>", "$SYS.stats"));
    EXPECT_TRUE(selects("a.*", "a.$x"));
}

}  // namespace
}  // namespace telex::access
