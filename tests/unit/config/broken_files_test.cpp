// broken/ has a file per error. Its first lines are the expected diagnostics, one comment each:
// "# LINE:COLUMN: severity: message". Where a message lists protocols, a placeholder stands for the
// list (named_lists), so that a new protocol changes no file.
#include "config/load.hpp"
#include "protocols/registry/protocols.hpp"
#include "test_environment.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>
#include <vector>

namespace telex::config {
namespace {

std::filesystem::path broken_folder() {
    return std::filesystem::path(TELEX_SOURCE_DIR) / "tests/unit/config/broken";
}

std::vector<std::string> file_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(broken_folder())) {
        names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> protocols_that(const std::function<bool(session::Capabilities)>& can) {
    std::vector<std::string> names;
    for (const session::Protocol* protocol : session::protocols()) {
        if (can(protocol->can)) {
            names.emplace_back(protocol->name);
        }
    }
    return names;
}

// "a, b and c"
std::string sentence(const std::vector<std::string>& names) {
    const auto last = names.end() - 1;
    return names.size() < 2 ? names.at(0)
                            : fmt::format("{} and {}", fmt::join(names.begin(), last, ", "), *last);
}

const std::map<std::string, std::string>& named_lists() {
    static const std::map<std::string, std::string> lists = {
        {"{protocols}",
         fmt::format("{}", fmt::join(protocols_that([](auto) { return true; }), ", "))},
        {"{has_hello}", sentence(protocols_that([](auto can) { return can.has_hello; }))},
        {"{client_subscribes}",
         sentence(protocols_that([](auto can) { return can.client_subscribes; }))},
        {"{may_be_silent}", sentence(protocols_that([](auto can) { return can.may_be_silent; }))},
        {"{pinged}", sentence(protocols_that([](auto can) { return !can.may_be_silent; }))},
    };
    return lists;
}

std::string fill_in(std::string line) {
    for (const auto& [placeholder, list] : named_lists()) {
        if (const auto at = line.find(placeholder); at != std::string::npos) {
            line.replace(at, placeholder.size(), list);
        }
    }
    return line;
}

std::vector<std::string> expected_of(const std::string& text) {
    std::vector<std::string> expected;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line) && line.starts_with("# ")) {
        expected.push_back(fill_in(line.substr(2)));
    }
    return expected;
}

class BrokenFile : public testing::TestWithParam<std::string> {};

TEST_P(BrokenFile, ReportsItsDiagnostics) {
    const auto path = broken_folder() / (GetParam() + ".yaml");
    const auto expected = expected_of(read_whole(path));
    ASSERT_FALSE(expected.empty());
    const LoadResult result = load_file(path.string(), fixed_environment());
    std::vector<std::string> reported;
    for (const Diagnostic& diagnostic : result.diagnostics) {
        EXPECT_EQ(diagnostic.file, path.string());
        reported.push_back(fmt::format(
            "{}:{}: {}: {}",
            diagnostic.at.line,
            diagnostic.at.column,
            diagnostic.severity == Severity::error ? "error" : "warning",
            diagnostic.message
        ));
    }
    EXPECT_THAT(reported, testing::ElementsAreArray(expected));
    EXPECT_EQ(result.status, LoadStatus::invalid);
    EXPECT_FALSE(result.config);
}

INSTANTIATE_TEST_SUITE_P(
    Config,
    BrokenFile,
    testing::ValuesIn(file_names()),
    [](const auto& instance) {
        std::string name = instance.param;
        std::replace(name.begin(), name.end(), '-', '_');
        return name;
    }
);

TEST(BrokenFiles, CoverManyErrors) {
    EXPECT_GE(file_names().size(), 60U);
}

}  // namespace
}  // namespace telex::config
