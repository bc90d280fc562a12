// The shipped configurations are valid and run on any free port.
#include "config/load.hpp"
#include "net/address.hpp"
#include "protocols/syslog/syslog_options.hpp"
#include "test_environment.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace telex::config {
namespace {

std::vector<std::string> shipped_files() {
    std::vector<std::string> files;
    const auto folder = std::filesystem::path(TELEX_SOURCE_DIR) / "config";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const bool ours = entry.path().parent_path().filename() != "monitoring";  // Prometheus'
        if (ours && entry.path().extension() == ".yaml") {
            files.push_back(std::filesystem::relative(entry.path(), folder).string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

LoadResult load_shipped(const std::string& name, const Environment& environment) {
    return load_file(
        (std::filesystem::path(TELEX_SOURCE_DIR) / "config" / name).string(), environment
    );
}

// With the secrets that an example reads from it. The password is "secret".
Environment shipped_environment() {
    Environment environment = fixed_environment();
    environment.variables["ORDERS_PASSWORD"] =
        "$argon2id$v=19$m=1024,t=1,p=1$c2FsdHNhbHRzYWx0$GMv1V/"
        "a9uBNqF+93SqBH3JLZiqfe1V1xP9SfOSAqqRE";
    environment.variables["STATE_DIRECTORY"] = "/var/lib/telex";
    environment.variables["SHOP_TOKEN"] = "sha256:" + std::string(64, 'a');
    return environment;
}

class ShippedFile : public testing::TestWithParam<std::string> {};

TEST_P(ShippedFile, LoadsWithoutDiagnostics) {
    const LoadResult result = load_shipped(GetParam(), shipped_environment());
    EXPECT_EQ(render(result.diagnostics), "");
    EXPECT_TRUE(result.config);
}

TEST_P(ShippedFile, ListensOnThisHostOnly) {
    const LoadResult result = load_shipped(GetParam(), shipped_environment());
    ASSERT_TRUE(result.config);
    for (const auto& listener : result.config->listeners) {
        for (const net::Address& address : listener.addresses) {
            // Addresses of systemd sockets are set by their unit.
            const bool elsewhere = address.transport == net::Transport::systemd;
            EXPECT_TRUE(elsewhere || net::is_unix(address.transport) || address.host == "127.0.0.1")
                << net::to_string(address);
        }
    }
}

TEST_P(ShippedFile, TakesItsPortsFromTheEnvironment) {
    Environment environment = shipped_environment();
    for (const char* name :
         {"TELEX_PORT",
          "TELEX_JSON_PORT",
          "TELEX_SYSLOG_PORT",
          "NATIVE_PORT",
          "SYSLOG_PORT",
          "BILLING_PORT",
          "CHAT_PORT",
          "SENSOR_PORT",
          "CONVERTER_PORT",
          "NETCAT_PORT",
          "BROWSER_PORT",
          "NATS_PORT",
          "METER_PORT"}) {
        environment.variables[name] = "0";
    }
    const LoadResult result = load_shipped(GetParam(), environment);
    ASSERT_TRUE(result.config);
    for (const auto& listener : result.config->listeners) {
        for (const net::Address& address : listener.addresses) {
            EXPECT_EQ(address.port, 0) << net::to_string(address);
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Config,
    ShippedFile,
    testing::ValuesIn(shipped_files()),
    [](const auto& instance) {
        std::string name = instance.param;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return c == '-' || c == '/' || c == '.'; }, '_'
        );
        return name;
    }
);

TEST(ShippedDefault, HasTheDocumentedAddresses) {
    const LoadResult result = load_shipped("telexd.yaml", shipped_environment());
    ASSERT_TRUE(result.config);
    std::vector<std::string> addresses;
    for (const auto& listener : result.config->listeners) {
        for (const net::Address& address : listener.addresses) {
            addresses.push_back(listener.protocol + " " + net::to_string(address));
        }
    }
    EXPECT_EQ(
        addresses,
        (std::vector<std::string>{
            "telex tcp://127.0.0.1:4650",
            "telex unix:///tmp/telex-1234/telex.sock",
            "json tcp://127.0.0.1:4651",
            "syslog tcp://127.0.0.1:4652",
            "syslog udp://127.0.0.1:4652",
        })
    );
    EXPECT_EQ(
        session::options_of<session::syslog::SyslogOptions>(
            result.config->listeners.back().session.protocol
        )
            .publish,
        "log.{transport}.{peer}"
    );
}

}  // namespace
}  // namespace telex::config
