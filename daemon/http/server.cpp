#include "http/server.hpp"

#include "base/time.hpp"
#include "http/places.hpp"
#include "net/accept.hpp"
#include "net/peer.hpp"

#include <asio/posix/stream_descriptor.hpp>
#include <asio/steady_timer.hpp>
#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <exception>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace telex::http {

namespace {

using Descriptor = asio::posix::stream_descriptor;

constexpr std::size_t kMostConnections = 256;
// Displaced connections that the library has not closed yet.
constexpr std::size_t kLeavingConnections = 64;
constexpr std::size_t kConnectionMemory = 16U << 10U;
constexpr std::chrono::seconds kRequestTime{10};
constexpr std::chrono::seconds kResponseTime{60};
constexpr std::chrono::seconds kTick{1};
constexpr int kAcceptsAtOnce = 16;

// Restrictions for our page in a browser, and for other sites that embed it.
constexpr std::array<std::pair<const char*, const char*>, 6> kFieldsOfAll = {{
    {"Cache-Control", "no-store"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
     "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types 'none'"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
}};

std::string field(MHD_Connection* connection, const char* name) {
    const char* const value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
    return value == nullptr ? std::string() : value;
}

MHD_Result take_parameter(
    void* query, MHD_ValueKind /*kind*/, const char* name, const char* value
) {
    auto& parameters = *static_cast<decltype(Request::query)*>(query);
    parameters.emplace(name, value == nullptr ? "" : value);
    return MHD_YES;
}

int descriptor_of(MHD_Connection* connection) {
    return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

bool is_unix(int fd) {
    int domain = 0;
    socklen_t size = sizeof domain;
    return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

// The source of a connection for its share of the places: at unix sockets a user of the system. At
// TCP sockets, which are for this host only, an address says nothing: every process may use all of
// 127.0.0.0/8.
std::string source_of(int fd) {
    const auto credentials = net::credentials_of(fd);
    return credentials ? std::to_string(credentials->uid) : std::string();
}

// The library sees the end of the connection and closes it.
void end_connection(int fd) {
    ::shutdown(fd, SHUT_RDWR);
}

Request read_request(MHD_Connection* connection, const char* path, const char* method) {
    Request request;
    request.method = method;
    request.path = path;
    request.host = field(connection, "Host");
    request.origin = field(connection, "Origin");
    request.fetch_site = field(connection, "Sec-Fetch-Site");
    request.fetch_mode = field(connection, "Sec-Fetch-Mode");
    request.fetch_dest = field(connection, "Sec-Fetch-Dest");
    request.authorization = field(connection, "Authorization");
    const std::string length = field(connection, "Content-Length");
    request.has_body =
        !field(connection, "Transfer-Encoding").empty() || (!length.empty() && length != "0");
    request.local = is_unix(descriptor_of(connection));
    if (request.local) {
        request.credentials = net::credentials_of(descriptor_of(connection));
    }
    MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, &take_parameter, &request.query);
    return request;
}

MHD_Result reply(MHD_Connection* connection, const Response& response) {
    MHD_Response* const made = MHD_create_response_from_buffer(
        response.body.size(),
        const_cast<char*>(response.body.data()),  // is copied
        MHD_RESPMEM_MUST_COPY
    );
    if (made == nullptr) {
        return MHD_NO;
    }
    MHD_add_response_header(made, "Content-Type", response.content_type.c_str());
    for (const auto& [name, value] : kFieldsOfAll) {
        MHD_add_response_header(made, name, value);
    }
    for (const auto& [name, value] : response.fields) {
        MHD_add_response_header(made, name.c_str(), value.c_str());
    }
    const MHD_Result queued = MHD_queue_response(connection, response.status, made);
    MHD_destroy_response(made);
    return queued;
}

// A zero byte would end the text early for the callers.
std::size_t unescape(void* /*self*/, MHD_Connection* /*connection*/, char* text) {
    const std::size_t size = MHD_http_unescape(text);
    std::replace(text, text + size, '\0', '?');
    return size;
}

void say_nothing(void* /*self*/, const char* /*format*/, va_list /*arguments*/) {}

}  // namespace

class Server::Engine {
public:
    Engine(asio::io_context& io, Handler handle)
        : handle_(std::move(handle)), io_(io), watch_(io), timer_(io), tick_(io) {
        constexpr unsigned kFlags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET;
        daemon_ = MHD_start_daemon(
            kFlags,
            0,
            nullptr,
            nullptr,
            &Engine::on_request,
            this,
            MHD_OPTION_EXTERNAL_LOGGER,
            &say_nothing,
            nullptr,
            MHD_OPTION_CONNECTION_LIMIT,
            static_cast<unsigned>(kMostConnections + kLeavingConnections),
            MHD_OPTION_CONNECTION_MEMORY_LIMIT,
            kConnectionMemory,
            MHD_OPTION_CONNECTION_TIMEOUT,
            static_cast<unsigned>(kRequestTime.count()),
            MHD_OPTION_UNESCAPE_CALLBACK,
            &unescape,
            nullptr,
            MHD_OPTION_NOTIFY_CONNECTION,
            &Engine::on_connection,
            this,
            MHD_OPTION_NOTIFY_COMPLETED,
            &Engine::on_completed,
            this,
            MHD_OPTION_END
        );
        if (daemon_ == nullptr) {
            throw std::system_error(ENOMEM, std::generic_category(), "start the HTTP surface");
        }
        // Asio closes what it watches, and so does the library: each has its own.
        const int epoll = MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
        const int copy = ::dup(epoll);
        if (copy < 0) {
            MHD_stop_daemon(daemon_);
            throw std::system_error(errno, std::generic_category(), "dup");
        }
        watch_.assign(copy);
        watch();
        tick();
    }

    ~Engine() {
        acceptors_.clear();
        MHD_stop_daemon(daemon_);
    }

    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    void serve(net::Bound socket) {
        const int copy = ::dup(socket.fd.get());
        if (copy < 0) {
            throw std::system_error(errno, std::generic_category(), "dup");
        }
        acceptors_.push_back(std::make_unique<Acceptor>(std::move(socket), Descriptor(io_, copy)));
        accept_on(*acceptors_.back());
    }

private:
    struct Acceptor {
        net::Bound socket;
        Descriptor watch;
        bool resting = false;  // it failed, or no descriptors were left: the tick looks again
    };

    // --- connections ----------------------------------------------------------------------------

    void accept_on(Acceptor& acceptor) {
        acceptor.watch.async_wait(Descriptor::wait_read, [this, &acceptor](asio::error_code error) {
            if (error) {
                return;
            }
            for (int i = 0; i < kAcceptsAtOnce && accept_one(acceptor); ++i) {
            }
            run();
            if (!acceptor.resting) {
                accept_on(acceptor);
            }
        });
    }

    bool accept_one(Acceptor& acceptor) {
        auto accepted = net::accept_one(acceptor.socket.fd.get());
        if (!accepted) {
            using net::AcceptFailure;
            const AcceptFailure failure = accepted.error().failure;
            acceptor.resting =
                failure == AcceptFailure::out_of_descriptors || failure == AcceptFailure::fatal;
            return failure == AcceptFailure::transient;
        }
        sockaddr_storage peer{};
        socklen_t size = sizeof peer;
        const int fd = accepted->fd.release();
        // The address of a peer that has gone is left empty.
        (void)::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size);
        // Closes the descriptor where it fails, for lack of memory.
        (void)MHD_add_connection(daemon_, fd, reinterpret_cast<const sockaddr*>(&peer), size);
        return true;
    }

    static void on_connection(
        void* self,
        MHD_Connection* connection,
        void** /*context*/,
        MHD_ConnectionNotificationCode what
    ) {
        Places& places = static_cast<Engine*>(self)->places_;
        const int fd = descriptor_of(connection);
        if (what != MHD_CONNECTION_NOTIFY_STARTED) {
            places.leave(fd);
        } else if (const auto displaced =
                       places.enter(fd, source_of(fd), Clock::now() + kRequestTime)) {
            end_connection(*displaced);
        }
    }

    static void on_completed(
        void* self,
        MHD_Connection* connection,
        void** /*context*/,
        MHD_RequestTerminationCode /*how*/
    ) {
        static_cast<Engine*>(self)->places_.begin_phase(
            descriptor_of(connection), Clock::now() + kRequestTime
        );
    }

    // --- requests -------------------------------------------------------------------------------

    static MHD_Result on_request(
        void* self,
        MHD_Connection* connection,
        const char* path,
        const char* method,
        const char* /*version*/,
        const char* /*data*/,
        std::size_t* /*size*/,
        void** seen
    ) {
        auto& engine = *static_cast<Engine*>(self);
        const Request request = read_request(connection, path, method);
        // The library calls first for the head and again for the end; without a body that is at
        // once. A request with a body gets its response now, and the connection ends.
        if (*seen == nullptr && !request.has_body) {
            *seen = self;
            return MHD_YES;
        }
        engine.places_.begin_phase(descriptor_of(connection), Clock::now() + kResponseTime);
        return reply(connection, engine.respond(request));
    }

    // No exception may pass through the library.
    Response respond(const Request& request) const {
        try {
            return handle_(request);
        } catch (const std::exception& problem) {
            return error_response(500, problem.what());
        }
    }

    // --- the loop -------------------------------------------------------------------------------

    void watch() {
        watch_.async_wait(Descriptor::wait_read, [this](asio::error_code error) {
            if (!error) {
                run();
                watch();
            }
        });
    }

    // Processes what is ready, then asks the library when to call it again without an event.
    void run() {
        MHD_run(daemon_);
        MHD_UNSIGNED_LONG_LONG milliseconds = 0;
        if (MHD_get_timeout(daemon_, &milliseconds) != MHD_YES) {
            timer_.cancel();
            return;
        }
        timer_.expires_after(std::chrono::milliseconds(milliseconds));
        timer_.async_wait([this](asio::error_code error) {
            if (!error) {
                run();
            }
        });
    }

    void tick() {
        tick_.expires_after(kTick);
        tick_.async_wait([this](asio::error_code error) {
            if (error) {
                return;
            }
            for (const int fd : places_.overdue(Clock::now())) {
                end_connection(fd);
            }
            for (const auto& acceptor : acceptors_) {
                if (std::exchange(acceptor->resting, false)) {
                    accept_on(*acceptor);
                }
            }
            tick();
        });
    }

    Handler handle_;
    asio::io_context& io_;
    Descriptor watch_;
    asio::steady_timer timer_;
    asio::steady_timer tick_;
    MHD_Daemon* daemon_ = nullptr;
    std::vector<std::unique_ptr<Acceptor>> acceptors_;
    Places places_{kMostConnections};
};

Server::Server(asio::io_context& io, Handler handle)
    : engine_(std::make_unique<Engine>(io, std::move(handle))) {}

Server::~Server() = default;

void Server::serve(net::Bound socket) {
    engine_->serve(std::move(socket));
}

}  // namespace telex::http
