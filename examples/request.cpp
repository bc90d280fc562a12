// Sends a request to the service of service.cpp:  example_request "good morning"
#include <telex/telex.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: example_request TEXT\n";
        return EXIT_FAILURE;
    }
    auto client = telex::Client::connect();
    if (!client) {
        std::cerr << telex::to_string(client.error()) << '\n';
        return EXIT_FAILURE;
    }
    telex::RequestOptions options;
    options.timeout = std::chrono::seconds(2);
    const auto answer = client->request("example.shout", argv[1], options);
    if (!answer) {
        // Without a service this is no_responders, immediately.
        std::cerr << telex::to_string(answer.error()) << '\n';
        return EXIT_FAILURE;
    }
    std::cout << answer->payload << '\n';
    return EXIT_SUCCESS;
}
