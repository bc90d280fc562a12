// Replies to requests in capitals, until Enter is pressed. Start it several times: the queue group
// distributes the requests.
#include <telex/telex.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <iostream>

int main() {
    auto client = telex::Client::connect();
    if (!client) {
        std::cerr << telex::to_string(client.error()) << '\n';
        return EXIT_FAILURE;
    }
    telex::SubscribeOptions options;
    options.queue_group = "shouters";
    auto subscription = client->subscribe(
        "example.shout",
        [&client](const telex::Message& request) {
            std::string text = request.payload;
            std::transform(text.begin(), text.end(), text.begin(), [](unsigned char letter) {
                return static_cast<char>(std::toupper(letter));
            });
            if (auto sent = client->respond(request, text); !sent) {
                std::cerr << telex::to_string(sent.error()) << '\n';
            }
        },
        options
    );
    if (!subscription) {
        std::cerr << telex::to_string(subscription.error()) << '\n';
        return EXIT_FAILURE;
    }
    std::cout << "ready" << std::endl;
    std::cin.get();
    return client->drain() ? EXIT_SUCCESS : EXIT_FAILURE;
}
