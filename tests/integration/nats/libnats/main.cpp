// The harness of libnats: commands on standard input, results and events on standard output.
#include "harness.hpp"

#include <iostream>
#include <string>

int main() {
    using namespace telex::nats_harness;
    // Not empty_headers: an empty value takes the next line as its value, and at the end all
    // headers of the message are unreadable.
    telex::harness::report_event(
        {{"event", "ready"}, {"features", Json::array({"keeps_publishes"})}}
    );
    {
        Harness harness;
        for (std::string line; std::getline(std::cin, line);) {
            harness.run(Json::parse(line));
        }
    }
    nats_CloseAndWait(10'000);
    return 0;
}
