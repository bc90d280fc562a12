// Receives messages with flow control:  example_pull 'jobs.>'
// The exchange sends at most ten unprocessed messages, so that they do not accumulate in this
// process. The slow policy decides what happens to further messages.
#include <telex/telex.hpp>

#include <cstdlib>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: example_pull FILTER\n";
        return EXIT_FAILURE;
    }
    auto client = telex::Client::connect();
    if (!client) {
        std::cerr << telex::to_string(client.error()) << '\n';
        return EXIT_FAILURE;
    }
    telex::SubscribeOptions options;
    options.credit = 10;
    options.slow_policy = telex::SlowPolicy::drop_oldest;
    auto subscription = client->subscribe(argv[1], options);
    if (!subscription) {
        std::cerr << telex::to_string(subscription.error()) << '\n';
        return EXIT_FAILURE;
    }
    for (;;) {
        const auto message = subscription->next(std::chrono::seconds(10));
        if (!message) {
            std::cerr << telex::to_string(message.error()) << '\n';
            return message.error().code == telex::Errc::timeout ? EXIT_SUCCESS : EXIT_FAILURE;
        }
        std::cout << message->subject << ": " << message->payload << std::endl;
    }
}
