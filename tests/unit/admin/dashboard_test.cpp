// The dashboard as the build embedded it: complete, and without anything that its content security
// policy forbids.
#include "admin/dashboard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace telex::admin {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string body_of(const std::string& path) {
    const auto page = dashboard_page(path);
    return page ? page->body : "";
}

TEST(Dashboard, IsFoundByItsPaths) {
    EXPECT_EQ(dashboard_page("/")->content_type, "text/html; charset=utf-8");
    EXPECT_EQ(dashboard_page("/dashboard/page.js")->content_type, "text/javascript");
    EXPECT_EQ(dashboard_page("/dashboard/dashboard.css")->content_type, "text/css");
    for (const char* path :
         {"",
          "/dashboard",
          "/dashboard/",
          "/dashboard/index.html",
          "/dashboard//page.js",
          "/page.js",
          "/index.html",
          "/dashboard/page.js/",
          "/dashboard/PAGE.JS"}) {
        EXPECT_FALSE(dashboard_page(path)) << path;
    }
}

TEST(Dashboard, HasEachFileThatItNames) {
    const std::regex names(R"text((?:from |import |src=|href=)"(?:\./|/dashboard/)([^"]+)")text");
    int found = 0;
    for (const DashboardFile& file : dashboard_files()) {
        const std::string text(file.text);
        for (std::sregex_iterator at(text.begin(), text.end(), names), end; at != end; ++at) {
            const std::string name = (*at)[1];
            EXPECT_TRUE(dashboard_page("/dashboard/" + name)) << file.name << ": " << name;
            ++found;
        }
    }
    EXPECT_GT(found, 20);
}

TEST(Dashboard, HasNoInlineScriptsOrStyles) {
    const std::string page = body_of("/");
    EXPECT_FALSE(std::regex_search(page, std::regex("<script(?![^>]* src=)|<style| style=")));
    EXPECT_FALSE(std::regex_search(page, std::regex("<[^>]* on[a-z]+=")));
    EXPECT_FALSE(std::regex_search(page, std::regex("https?://")));
}

TEST(Dashboard, NeverSetsMarkup) {
    for (const DashboardFile& file : dashboard_files()) {
        for (const char* call :
             {"innerHTML",
              "outerHTML",
              "insertAdjacentHTML",
              "document.write",
              "eval(",
              "new Function"}) {
            EXPECT_THAT(std::string(file.text), Not(HasSubstr(call))) << file.name;
        }
    }
}

}  // namespace
}  // namespace telex::admin
