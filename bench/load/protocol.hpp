#pragma once
// The bytes that each of the compared servers wants and gives, for the little that a load needs:
// greet, subscribe, publish. All bytes are made before the clock starts; while it runs, a client
// only moves them, so that the clients cost the same whatever the server.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace telex::bench {

class Protocol {
public:
    virtual ~Protocol() = default;

    // What a client that is to publish on `subject` sends first.
    virtual std::string greet(std::string_view subject) const = 0;
    // What a subscriber sends instead.
    virtual std::string subscribe(std::string_view subject) const = 0;
    // Whether all has arrived that says that greet() or subscribe() is in force.
    virtual bool greeted(std::string_view heard) const = 0;
    virtual bool subscribed(std::string_view heard) const = 0;
    virtual std::string publish(std::string_view subject, std::string_view payload) const = 0;
    // How many bytes a subscriber gets for it.
    virtual std::size_t delivery_bytes(std::string_view subject, std::string_view payload)
        const = 0;

    // The server answers each publish: the publisher has to read.
    virtual bool answers_publish() const { return false; }
};

// "telex", "nats", "redis" or "relay"; null for another name.
std::unique_ptr<Protocol> make_protocol(std::string_view name);

}  // namespace telex::bench
