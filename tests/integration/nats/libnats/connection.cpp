#include "connection.hpp"

#include "options.hpp"

#include <map>

namespace telex::nats_harness {
namespace {

std::string last_error(natsConnection* connection) {
    const char* text = nullptr;
    natsConnection_GetLastError(connection, &text);
    return text == nullptr ? "" : text;
}

std::string last_error_of_thread(natsStatus status) {
    const char* text = nats_GetLastError(nullptr);
    return text == nullptr ? natsStatus_GetText(status) : text;
}

}  // namespace

std::string code_of(natsStatus status) {
    static const std::map<natsStatus, std::string> codes{
        {NATS_NO_RESPONDERS, "no_responders"},
        {NATS_TIMEOUT, "timeout"},
        {NATS_CONNECTION_AUTH_FAILED, "authorization"},
        {NATS_MAX_PAYLOAD, "max_payload"},
        {NATS_CONNECTION_CLOSED, "closed"},
        {NATS_NO_SERVER, "no_server"},
        {NATS_SSL_ERROR, "tls"},
    };
    const auto found = codes.find(status);
    return found == codes.end() ? natsStatus_GetText(status) : found->second;
}

void report_status(std::uint64_t command, natsStatus status) {
    if (status == NATS_OK) {
        harness::report_ok(command);
    } else {
        harness::report_error(command, code_of(status), last_error_of_thread(status));
    }
}

std::unique_ptr<Connection> Connection::open(std::uint64_t command, const Json& arguments) {
    const Options options = options_of(arguments);
    std::unique_ptr<Connection> connection(new Connection(arguments["client"].get<std::string>()));
    connection->add_callbacks(options.get());
    const natsStatus status = natsConnection_Connect(&connection->connection_, options.get());
    report_status(command, status);
    return status == NATS_OK ? std::move(connection) : nullptr;
}

Connection::~Connection() {
    natsConnection_Destroy(connection_);
}

void Connection::report(const char* kind) const {
    harness::report_event({{"event", kind}, {"client", name_}});
}

void Connection::add_callbacks(natsOptions* options) {
    natsOptions_SetDisconnectedCB(
        options,
        [](natsConnection*, void* self) { static_cast<Connection*>(self)->report("disconnected"); },
        this
    );
    natsOptions_SetReconnectedCB(
        options,
        [](natsConnection*, void* self) { static_cast<Connection*>(self)->report("reconnected"); },
        this
    );
    natsOptions_SetClosedCB(
        options,
        [](natsConnection*, void* self) { static_cast<Connection*>(self)->report("closed"); },
        this
    );
    natsOptions_SetLameDuckModeCB(
        options,
        [](natsConnection*, void* self) { static_cast<Connection*>(self)->report("lame_duck"); },
        this
    );
    natsOptions_SetErrorHandler(
        options,
        [](natsConnection* of, natsSubscription*, natsStatus status, void* self) {
            harness::report_event(
                {{"event", "error"},
                 {"client", static_cast<Connection*>(self)->name_},
                 {"code", code_of(status)},
                 {"text", last_error(of)}}
            );
        },
        this
    );
}

Subscription::Subscription(const Json& arguments)
    : name_(arguments["subscription"].get<std::string>()),
      take_(arguments.value("take", "events")),
      to_(arguments.value("to", "")),
      replies_(arguments.value("replies", 1)),
      counter_(name_, arguments.value("count", std::uint64_t{0})) {}

std::unique_ptr<Subscription> Subscription::open(
    std::uint64_t command, natsConnection* connection, const Json& arguments
) {
    std::unique_ptr<Subscription> subscription(new Subscription(arguments));
    const std::string filter = harness::utf8_to_latin1(arguments["filter"].get<std::string>());
    const std::string group = arguments.value("queue_group", "");
    const natsMsgHandler handler =
        [](natsConnection* of, natsSubscription*, natsMsg* message, void* self) {
            static_cast<Subscription*>(self)->take(of, message);
            natsMsg_Destroy(message);
        };
    natsSubscription** made = &subscription->subscription_;
    natsStatus status =
        group.empty()
            ? natsConnection_Subscribe(
                  made, connection, filter.c_str(), handler, subscription.get()
              )
            : natsConnection_QueueSubscribe(
                  made, connection, filter.c_str(), group.c_str(), handler, subscription.get()
              );
    if (status == NATS_OK) {
        status = natsSubscription_SetPendingLimits(*made, -1, -1);
    }
    if (status == NATS_OK && arguments.contains("max_messages")) {
        status = natsSubscription_AutoUnsubscribe(*made, arguments["max_messages"]);
    }
    report_status(command, status);
    return status == NATS_OK ? std::move(subscription) : nullptr;
}

Subscription::~Subscription() {
    natsSubscription_Destroy(subscription_);
}

void Subscription::take(natsConnection* connection, natsMsg* message) {
    if (take_ == "count") {
        counter_.take(payload_of(message));
    } else if (take_ == "respond") {
        for (int i = 0; i < replies_; ++i) {
            send_copy(connection, message, natsMsg_GetReply(message));
        }
    } else if (take_ == "forward") {
        natsConnection_PublishRequest(
            connection,
            to_.c_str(),
            natsMsg_GetReply(message),
            natsMsg_GetData(message),
            natsMsg_GetDataLength(message)
        );
    } else {
        Json event = describe(message);
        event["event"] = "message";
        event["subscription"] = name_;
        harness::report_event(event);
    }
}

}  // namespace telex::nats_harness
