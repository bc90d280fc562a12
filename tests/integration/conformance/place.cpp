#include "place.hpp"

#include "net/address.hpp"
#include "sd/listen_fds.hpp"
#include "server/server.hpp"
#include "support/books.hpp"
#include "support/certificates.hpp"
#include "support/memory_server.hpp"
#include "support/socket_client.hpp"
#include "support/tls_client.hpp"
#include "tls/client_context.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

namespace telex::conformance {

namespace {

// The daemon's server in this process.
class SocketPlace final : public Place {
public:
    SocketPlace(unsigned reactors, server::ListenerOptions options, const std::string& address)
        : server_(server_options(reactors), sockets_) {
        options.name = "conformance";
        options.allow_abstract = true;
        options.addresses = {net::parse_address(address).value()};
        if (const auto opened = server_.open(std::move(options)); !opened) {
            throw std::runtime_error(opened.error().what);
        }
        server_.start();
    }

    ~SocketPlace() override { testing::expect_balanced_books(server_.exchange()); }

    SocketPlace(const SocketPlace&) = delete;
    SocketPlace& operator=(const SocketPlace&) = delete;

    std::string address() { return server_.listeners().front()->bound_addresses.front(); }

    std::unique_ptr<testing::ClientStream> connect() override {
        return std::make_unique<testing::SocketClient>(address());
    }

private:
    static server::ServerOptions server_options(unsigned reactors) {
        server::ServerOptions options;
        options.reactors = reactors;
        return options;
    }

    sd::SocketStore sockets_;
    server::Server server_;
};

template <const char* address>
std::unique_ptr<Place> on_socket(unsigned reactors, server::ListenerOptions options) {
    return std::make_unique<SocketPlace>(reactors, std::move(options), address);
}

// A unix socket in a temporary folder.
class UnixPlace final : public Place {
public:
    UnixPlace(unsigned reactors, server::ListenerOptions options, const std::string& scheme)
        : folder_(make_folder()),
          place_(std::make_unique<SocketPlace>(
              reactors, std::move(options), fmt::format("{}://{}/telex.sock", scheme, folder_)
          )) {}

    ~UnixPlace() override {
        place_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::unique_ptr<testing::ClientStream> connect() override { return place_->connect(); }

private:
    static std::string make_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "telex-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        return name;
    }

    std::string folder_;
    std::unique_ptr<SocketPlace> place_;
};

// TLS with a client certificate.
class TlsPlace final : public Place {
public:
    TlsPlace(unsigned reactors, server::ListenerOptions options) {
        certificates_.issue("server");
        certificates_.issue("client");
        options.tls.emplace();
        options.tls->context.certificate = certificates_.certificate("server");
        options.tls->context.key = certificates_.key("server");
        options.tls->context.client_ca = certificates_.certificate("ca");
        place_.emplace(reactors, std::move(options), "tcp://127.0.0.1:0");
    }

    std::unique_ptr<testing::ClientStream> connect() override {
        tls::ClientOptions options;
        options.ca = certificates_.certificate("ca");
        options.certificate = certificates_.certificate("client");
        options.key = certificates_.key("client");
        return std::make_unique<testing::TlsClient>(
            net::parse_address(place_->address()).value(), tls::make_client_context(options).value()
        );
    }

private:
    testing::Certificates certificates_;
    std::optional<SocketPlace> place_;
};

std::unique_ptr<Place> on_abstract(unsigned reactors, server::ListenerOptions options) {
    static std::atomic<int> count{0};
    return std::make_unique<SocketPlace>(
        reactors,
        std::move(options),
        fmt::format("unix:@telex-conformance-{}-{}", ::getpid(), ++count)
    );
}

class MemoryPlace final : public Place {
public:
    MemoryPlace(
        unsigned reactors,
        server::ListenerOptions options,
        const testing::MemoryFaults& faults,
        bool packets
    )
        : server_(reactors, std::move(options)), faults_(faults), packets_(packets) {}

    std::unique_ptr<testing::ClientStream> connect() override {
        return std::make_unique<testing::MemoryClient>(server_.connect(faults_, packets_));
    }

private:
    testing::MemoryServer server_;
    testing::MemoryFaults faults_;
    bool packets_;
};

constexpr char kTcp4[] = "tcp://127.0.0.1:0";
constexpr char kTcp6[] = "tcp://[::1]:0";

}  // namespace

std::vector<Kind> kinds() {
    using Options = server::ListenerOptions;
    return {
        {"Tcp", 1, on_socket<kTcp4>},
        {"TcpOn4Reactors", 4, on_socket<kTcp4>},
        {"TcpOverIpv6", 2, on_socket<kTcp6>},
        {"Unix",
         2,
         [](unsigned reactors, Options options) -> std::unique_ptr<Place> {
             return std::make_unique<UnixPlace>(reactors, std::move(options), "unix");
         }},
        {"UnixSeqpacket",
         2,
         [](unsigned reactors, Options options) -> std::unique_ptr<Place> {
             return std::make_unique<UnixPlace>(reactors, std::move(options), "unix-seqpacket");
         }},
        {"Tls",
         2,
         [](unsigned reactors, Options options) -> std::unique_ptr<Place> {
             return std::make_unique<TlsPlace>(reactors, std::move(options));
         }},
        {"Abstract", 1, on_abstract},
        {"Memory",
         1,
         [](unsigned reactors, Options options) -> std::unique_ptr<Place> {
             return std::make_unique<MemoryPlace>(
                 reactors, std::move(options), testing::MemoryFaults{}, false
             );
         }},
        {"MemoryInPieces",
         2,
         [](unsigned reactors, Options options) -> std::unique_ptr<Place> {
             const testing::MemoryFaults faults{
                 .read_at_most = 700, .write_at_most = 900, .again_every = 3
             };
             return std::make_unique<MemoryPlace>(reactors, std::move(options), faults, false);
         }},
        {"MemoryPackets",
         2,
         [](unsigned reactors, Options options) -> std::unique_ptr<Place> {
             const testing::MemoryFaults faults{.again_every = 2};
             return std::make_unique<MemoryPlace>(reactors, std::move(options), faults, true);
         }},
    };
}

testing::TelexClient Conformance::anonymous() {
    if (!place_) {
        place_ = GetParam().open(GetParam().reactors, std::move(options));
    }
    return testing::TelexClient(place_->connect());
}

testing::TelexClient Conformance::client() {
    testing::TelexClient client = anonymous();
    client.open();
    return client;
}

v1::ServerStats Conformance::stats() {
    testing::TelexClient requester = client();
    requester.send(testing::request(1, "$SYS.stats"));
    const auto answer = requester.receive();
    v1::ServerStats stats;
    if (!answer || !stats.ParseFromString(answer->message().payload())) {
        throw std::runtime_error("no statistics");
    }
    return stats;
}

std::string Conformance::after_ping(testing::TelexClient& client, std::uint64_t nonce) {
    client.send(testing::ping(nonce));
    return client.next();
}

}  // namespace telex::conformance
