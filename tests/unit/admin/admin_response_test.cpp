#include "admin/admin_response.hpp"

#include "support/documented_errors.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace telex::admin {
namespace {

TEST(AdminResponse, HasTheStatusThatIsDocumentedForItsCode) {
    const auto rows = documents::documented_errors(TELEX_SOURCE_DIR "/docs/operations.md");
    const auto* const codes = v1::AdminError::Code_descriptor();
    EXPECT_EQ(static_cast<int>(rows.size()), codes->value_count() - 1);
    for (int index = 1; index < codes->value_count(); ++index) {
        const auto* const code = codes->value(index);
        ASSERT_TRUE(rows.contains(code->name())) << code->name();
        EXPECT_EQ(
            wire::traits_of(static_cast<v1::AdminError::Code>(code->number())).http_status,
            rows.at(code->name()).http_status
        ) << code->name();
    }
}

TEST(AdminResponse, IsTheServersFaultForACodeThatItDoesNotKnow) {
    EXPECT_EQ(wire::traits_of(v1::AdminError::CODE_UNSPECIFIED).http_status, 500U);
    EXPECT_EQ(wire::traits_of(static_cast<v1::AdminError::Code>(4711)).http_status, 500U);
}

TEST(AdminResponse, NamesTheCodeBesideTheText) {
    const auto response = response_of(wire::AdminResult<v1::Kicked>(
        unexpected(wire::admin_error(v1::AdminError::NOT_FOUND, "there is no connection 7"))
    ));
    EXPECT_EQ(response.status, 404U);
    EXPECT_EQ(response.content_type, "application/json");
    const nlohmann::json body = {{"code", "not_found"}, {"error", "there is no connection 7"}};
    EXPECT_EQ(nlohmann::json::parse(response.body), body);
}

TEST(AdminResponse, OfARefusedReloadHasItsDiagnostics) {
    v1::ReloadReport report;
    report.add_diagnostics("telexd.yaml:1:1: error");
    EXPECT_EQ(response_of(wire::AdminResult<v1::ReloadReport>(report)).status, 200U);
    wire::set_error(
        report, wire::admin_error(v1::AdminError::INVALID_CONFIGURATION, "it has errors")
    );
    const auto response = response_of(wire::AdminResult<v1::ReloadReport>(report));
    EXPECT_EQ(response.status, 409U);
    const nlohmann::json body = {
        {"code", "invalid_configuration"},
        {"error", "it has errors"},
        {"changes", nlohmann::json::array()},
        {"diagnostics", {"telexd.yaml:1:1: error"}},
        {"effects", nlohmann::json::array()},
        {"warnings", nlohmann::json::array()},
    };
    EXPECT_EQ(nlohmann::json::parse(response.body), body);
}

}  // namespace
}  // namespace telex::admin
