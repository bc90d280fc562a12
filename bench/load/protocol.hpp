#pragma once
// The protocols of the compared servers, as far as a load needs them. All bytes are prepared before
// the clock starts, so that the clients cost the same for every server.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace telex::bench {

class Protocol {
public:
    virtual ~Protocol() = default;

    // The first bytes of a client that publishes on `subject`.
    virtual std::string greet(std::string_view subject) const = 0;
    // The first bytes of a subscriber.
    virtual std::string subscribe(std::string_view subject) const = 0;
    // Whether the server has confirmed greet() or subscribe().
    virtual bool greeted(std::string_view received) const = 0;
    virtual bool subscribed(std::string_view received) const = 0;
    // A further subscription; `number` starts at 2. Telex only.
    virtual std::string subscribe_too(std::size_t number, std::string_view filter) const;
    virtual bool subscribed_too(std::string_view received, std::size_t number) const;
    // A request whose reply follows the routing of everything published before. Not the relay.
    virtual std::string flush_request() const;
    virtual bool done(std::string_view received) const;
    virtual std::string publish(std::string_view subject, std::string_view payload) const = 0;
    // Bytes that a subscriber receives for it.
    virtual std::size_t delivery_bytes(std::string_view subject, std::string_view payload)
        const = 0;
    // A message with a reply subject, and the bytes that its subscriber receives. NATS only.
    virtual std::string request(
        std::string_view subject, std::string_view reply, std::string_view payload
    ) const;
    std::size_t request_bytes(
        std::string_view subject, std::string_view reply, std::string_view payload
    ) const;

    // Distinguishes a publication that a stream acknowledges.
    struct Acknowledgement {
        std::string_view inbox;  // of the client
        std::size_t number;      // among those that wait, from 1
    };

    // A publication that a stream stores and acknowledges. Not the relay, and not json.
    virtual std::string store(
        std::string_view subject, std::string_view payload, const Acknowledgement& by
    ) const;

    // The first bytes of a client that publishes so.
    virtual std::string greet_to_store(std::string_view /*inbox*/) const { return greet({}); }

    // Removes whole acknowledgements from the front and returns their number. A refusal ends the
    // program.
    virtual std::size_t take_stored(std::string_view& received) const;

    // Whether the server replies to each publish, so that the publisher must read.
    virtual bool replies_to_publish() const { return false; }
};

// "telex", "json" (telex, too), "nats", "redis" or "relay"; null for another name.
std::unique_ptr<Protocol> make_protocol(const std::string& name);

}  // namespace telex::bench
