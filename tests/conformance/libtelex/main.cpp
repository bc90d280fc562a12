// The harness of libtelex: commands on standard input, results and events on standard output.
#include "harness.hpp"

#include <iostream>
#include <string>

int main() {
    using namespace telex::conformance;
    report_event({{"event", "ready"}, {"features", {"fork", "key_file", "key_file_over_tls"}}});
    Harness harness;
    for (std::string line; std::getline(std::cin, line);) {
        harness.run(Json::parse(line));
    }
    return 0;
}
