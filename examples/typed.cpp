// Protobuf messages as payloads: a station that publishes reports and replies to requests, and a
// reader, in one program.
#include "weather.pb.h"
#include <telex/telex.hpp>
#include <telex/typed.hpp>

#include <cstdlib>
#include <iostream>

namespace {

int fail(const telex::Error& error) {
    std::cerr << telex::to_string(error) << '\n';
    return EXIT_FAILURE;
}

weather::v1::Report report_of(const std::string& station) {
    weather::v1::Report report;
    report.set_station(station);
    report.set_celsius(21.5);
    return report;
}

}  // namespace

int main() {
    auto client = telex::Client::connect();
    if (!client) {
        return fail(client.error());
    }
    auto reports = telex::subscribe<weather::v1::Report>(
        *client,
        "weather.report.*",
        [](telex::Expected<weather::v1::Report> report, const telex::Message& message) {
            if (report) {
                std::cout << report->station() << ": " << report->celsius() << " C" << std::endl;
            } else {
                std::cerr << message.subject << ": " << report.error().text << '\n';
            }
        }
    );
    auto questions = telex::subscribe<weather::v1::Question>(
        *client,
        "weather.ask",
        [&client](telex::Expected<weather::v1::Question> question, const telex::Message& message) {
            if (!question) {
                std::cerr << message.subject << ": " << question.error().text << '\n';
                return;
            }
            const auto report = report_of(question->station());
            if (auto sent = telex::respond(*client, message, report); !sent) {
                std::cerr << telex::to_string(sent.error()) << '\n';
            }
        }
    );
    if (!reports || !questions) {
        return fail(reports ? questions.error() : reports.error());
    }
    if (auto sent = telex::publish(*client, "weather.report.oslo", report_of("oslo")); !sent) {
        return fail(sent.error());
    }
    weather::v1::Question question;
    question.set_station("rome");
    const auto answer = telex::request<weather::v1::Report>(*client, "weather.ask", question);
    if (!answer) {
        return fail(answer.error());
    }
    std::cout << "asked: " << answer->station() << ": " << answer->celsius() << " C" << std::endl;
    const auto drained = client->drain();
    return drained ? EXIT_SUCCESS : fail(drained.error());
}
