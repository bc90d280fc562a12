#include "protocol.hpp"

#include "protocols.hpp"
#include "socket.hpp"

#include <map>
#include <string>

namespace telex::bench {

std::string Protocol::subscribe_too(std::size_t /*number*/, std::string_view /*filter*/) const {
    fail("several subscriptions per client: telex only");
}

bool Protocol::subscribed_too(std::string_view /*received*/, std::size_t /*number*/) const {
    return false;
}

std::string Protocol::request(
    std::string_view /*subject*/, std::string_view /*reply*/, std::string_view /*payload*/
) const {
    fail("requests: nats only");
}

std::size_t Protocol::request_bytes(
    std::string_view subject, std::string_view reply, std::string_view payload
) const {
    return delivery_bytes(subject, payload) + request(subject, reply, payload).size() -
           publish(subject, payload).size();
}

std::string Protocol::store(
    std::string_view /*subject*/, std::string_view /*payload*/, const Acknowledgement& /*by*/
) const {
    fail("durable publications: telex, nats and redis only");
}

std::size_t Protocol::take_stored(std::string_view& /*received*/) const {
    return 0;
}

std::string Protocol::flush_request() const {
    fail("this server cannot confirm its work");
}

bool Protocol::done(std::string_view /*received*/) const {
    return false;
}

std::unique_ptr<Protocol> make_protocol(const std::string& name) {
    static const std::map<std::string, std::unique_ptr<Protocol> (*)()> makers{
        {"telex", make_telex},
        {"json", make_json},
        {"nats", make_nats},
        {"redis", make_redis},
        {"relay", make_relay},
    };
    const auto maker = makers.find(name);
    return maker == makers.end() ? nullptr : maker->second();
}

}  // namespace telex::bench
