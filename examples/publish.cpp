// Publishes one message:  example_publish greetings.world hello
#include <telex/telex.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: example_publish SUBJECT TEXT\n";
        return EXIT_FAILURE;
    }
    // Without options: the unix socket of this user or service, then tcp://127.0.0.1:4650.
    auto client = telex::Client::connect();
    if (!client) {
        std::cerr << telex::to_string(client.error()) << '\n';
        return EXIT_FAILURE;
    }
    if (auto published = client->publish(argv[1], argv[2]); !published) {
        std::cerr << telex::to_string(published.error()) << '\n';
        return EXIT_FAILURE;
    }
    // publish() only buffers; flush() returns when the exchange has routed the message.
    if (auto flushed = client->flush(); !flushed) {
        std::cerr << telex::to_string(flushed.error()) << '\n';
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
