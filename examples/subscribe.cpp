// Prints messages until Enter is pressed:  example_subscribe 'greetings.>'
#include <telex/telex.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: example_subscribe FILTER\n";
        return EXIT_FAILURE;
    }
    telex::ClientOptions options;
    options.name = "example-subscribe";
    options.on_disconnected = [](const telex::Error& error) {
        std::cerr << "lost the exchange (" << error.text << "), trying again\n";
    };
    auto client = telex::Client::connect(std::move(options));
    if (!client) {
        std::cerr << telex::to_string(client.error()) << '\n';
        return EXIT_FAILURE;
    }
    // The callback runs on the client's callback thread.
    auto subscription = client->subscribe(argv[1], [](const telex::Message& message) {
        std::cout << message.subject << ": " << message.payload << std::endl;
    });
    if (!subscription) {
        std::cerr << telex::to_string(subscription.error()) << '\n';
        return EXIT_FAILURE;
    }
    std::cout << "ready" << std::endl;
    std::cin.get();
    // Messages in flight are still printed.
    return client->drain() ? EXIT_SUCCESS : EXIT_FAILURE;
}
