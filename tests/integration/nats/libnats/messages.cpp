#include "messages.hpp"

#include <cstdlib>
#include <span>

namespace telex::nats_harness {
namespace {

struct Free {
    void operator()(const char** strings) const { std::free(static_cast<void*>(strings)); }
};

using Strings = std::unique_ptr<const char*, Free>;

Json headers_of(natsMsg* message) {
    Json headers = Json::array();
    const char** names = nullptr;
    int name_count = 0;
    if (natsMsgHeader_Keys(message, &names, &name_count) != NATS_OK) {
        return headers;
    }
    const Strings own_names(names);
    for (const char* name : std::span(names, static_cast<std::size_t>(name_count))) {
        const char** values = nullptr;
        int value_count = 0;
        if (natsMsgHeader_Values(message, name, &values, &value_count) != NATS_OK) {
            continue;
        }
        const Strings own_values(values);
        for (const char* value : std::span(values, static_cast<std::size_t>(value_count))) {
            headers.push_back({harness::latin1_to_utf8(name), harness::latin1_to_utf8(value)});
        }
    }
    return headers;
}

void add_header(natsMsg* message, const Json& pair) {
    const std::string name = harness::utf8_to_latin1(pair[0].get<std::string>());
    const std::string value = harness::utf8_to_latin1(pair[1].get<std::string>());
    natsMsgHeader_Add(message, name.c_str(), value.c_str());
}

}  // namespace

Message message_of(const Json& arguments) {
    const std::string payload = harness::payload_of(arguments);
    const std::string subject = harness::utf8_to_latin1(arguments["subject"].get<std::string>());
    const std::string reply = arguments.value("reply", "");
    natsMsg* message = nullptr;
    natsMsg_Create(
        &message,
        subject.c_str(),
        reply.empty() ? nullptr : reply.c_str(),
        payload.data(),
        static_cast<int>(payload.size())
    );
    for (const Json& pair : arguments.value("headers", Json::array())) {
        add_header(message, pair);
    }
    return Message(message);
}

std::string payload_of(natsMsg* message) {
    return {natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message))};
}

Json describe(natsMsg* message) {
    const char* reply = natsMsg_GetReply(message);
    Json fields{
        {"subject", harness::latin1_to_utf8(natsMsg_GetSubject(message))},
        {"reply", reply == nullptr ? "" : reply},
        {"headers", headers_of(message)}
    };
    harness::set_payload(fields, payload_of(message));
    return fields;
}

natsStatus send_copy(natsConnection* connection, natsMsg* message, const std::string& subject) {
    Json fields = describe(message);
    fields["subject"] = subject;
    fields["reply"] = "";
    fields.erase("size");
    const Message copy = message_of(fields);
    return natsConnection_PublishMsg(connection, copy.get());
}

}  // namespace telex::nats_harness
