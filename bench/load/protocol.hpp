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
    // Another subscription of one that has subscribed; `number` counts from 1, the first one's
    // number. Telex only.
    virtual std::string subscribe_too(std::size_t number, std::string_view filter) const;
    virtual bool subscribed_too(std::string_view heard, std::size_t number) const;
    // What is answered after all that was published before it has been routed. Not the relay.
    virtual std::string ask_done() const;
    virtual bool done(std::string_view heard) const;
    virtual std::string publish(std::string_view subject, std::string_view payload) const = 0;
    // How many bytes a subscriber gets for it.
    virtual std::size_t delivery_bytes(std::string_view subject, std::string_view payload)
        const = 0;

    // The server answers each publish: the publisher has to read.
    virtual bool answers_publish() const { return false; }
};

// "telex", "json" (telex, too), "nats", "redis" or "relay"; null for another name.
std::unique_ptr<Protocol> make_protocol(const std::string& name);

}  // namespace telex::bench
